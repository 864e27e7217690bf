"""Tables as people see them. The file is shared with `engine/cli`; see tests/unit/test_shared_files.py."""

import textwrap

import pytest

from supervisor.terminal.table import Look, UnknownColumnError, one_line, short, table, wide

HEADS = ("name", "pid", "state", "for", "doing")
ROWS = [
    ("default.0", 41022, "RUNNING", "3h 4m", "send-email"),
    ("default.11", None, "BACKOFF", "1s", "after exit 3"),
]


def shown(**how: object) -> str:
    look = Look(**how)  # type: ignore[arg-type]
    return table(HEADS, ROWS, look, right=("pid", "for"), drop=("pid", "for"))


def snapshot(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


def test_figures_stand_to_the_right_and_heads_are_capitals() -> None:
    assert shown() == snapshot("""
        NAME          PID  STATE      FOR  DOING
        default.0   41022  RUNNING  3h 4m  send-email
        default.11         BACKOFF     1s  after exit 3
    """)


def test_columns_go_in_their_order_where_the_terminal_is_narrow() -> None:
    assert shown(width=41) == snapshot("""
        NAME        STATE      FOR  DOING
        default.0   RUNNING  3h 4m  send-email
        default.11  BACKOFF     1s  after exit 3
    """)
    assert shown(width=36) == snapshot("""
        NAME        STATE    DOING
        default.0   RUNNING  send-email
        default.11  BACKOFF  after exit 3
    """)


def test_when_no_column_may_go_any_more_the_longest_text_is_cut_but_never_the_name() -> None:
    assert shown(width=30) == snapshot("""
        NAME        STATE    DOING
        default.0   RUNNING  send-ema…
        default.11  BACKOFF  after ex…
    """)
    assert shown(width=5) == shown(width=29), "what cannot fit is not cut to nothing"


def test_nothing_is_left_out_where_nobody_looks() -> None:
    long = [("a" * 200, 1, "x" * 500, "y", "z" * 900)]
    assert table(HEADS, long).splitlines()[1] == f"{'a' * 200}  {1:>3}  {'x' * 500}  y    {'z' * 900}"


def test_only_the_columns_that_were_asked_for_in_that_order_without_heads() -> None:
    assert shown(header=False, columns=("state", "name")) == "RUNNING  default.0\nBACKOFF  default.11"
    assert shown(columns=("doing", "pid"), width=18).splitlines()[1] == "send-email   41022", "asked for: never dropped"


def test_an_unknown_column_is_told_with_the_nearest_and_all() -> None:
    with pytest.raises(UnknownColumnError, match=r"no column 'stat': did you mean state\? There are name, pid, state"):
        shown(columns=("stat",))


def test_a_table_without_rows_has_its_heads() -> None:
    assert table(("id", "x"), []) == "ID  X"


def test_a_colour_takes_no_room() -> None:
    red = table(("state", "n"), [("dead", 1), ("completed", 20)], paint={"state": lambda text: f"<{text}>"})
    assert red.splitlines() == ["STATE       N", "<dead>        1", "<completed>  20"]


def test_wide_characters_take_two_cells() -> None:
    assert (wide("日本"), wide("é"), wide("ab")) == (4, 1, 2)
    assert short("日本語テキスト", 6) == "日本…"
    assert table(("name", "n"), [("日本", 1), ("abcde", 2)]).splitlines() == ["NAME   N", "日本   1", "abcde  2"]


def test_what_somebody_else_wrote_cannot_move_the_cursor_or_break_a_line() -> None:
    assert one_line("a\nb\x1b[2Jc\x00") == "a b [2Jc "
    assert one_line("x" * 100, 10) == "x" * 9 + "…"
    assert one_line(None) == ""
