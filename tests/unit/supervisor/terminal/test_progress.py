"""Bars and lines. The file is shared with `engine/cli`; see tests/unit/test_shared_files.py."""

import io

import pytest

from supervisor.terminal.progress import Progress


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def test_a_bar_comes_after_a_second_is_drawn_ten_times_a_second_at_most_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen, now = Screen(terminal=True), [0.0]
    with Progress("retried", 200, stream=screen, clock=lambda: now[0]) as progress:
        for now[0], done in ((0.5, 10), (1.0, 50), (1.05, 60), (2.0, 100)):
            progress.at(done)
    wipe = "\r\x1b[K"
    assert screen.getvalue().split(wipe) == [
        "",
        "[======                  ] retried 50 of 200 (25%, 50/s, 3 s left)",
        "[============            ] retried 100 of 200 (50%, 50/s, 2 s left)",
        "",
    ]


def test_elsewhere_it_is_a_line_every_ten_seconds() -> None:
    log, now = Screen(terminal=False), [0.0]
    with Progress("drained", stream=log, clock=lambda: now[0]) as progress:
        for now[0] in range(25):
            progress.at(int(now[0]) * 3)
    assert log.getvalue() == "drained 30 (3/s)\ndrained 60 (3/s)\n"


def test_whoever_tells_in_words_of_its_own_has_no_lines_besides() -> None:
    log, now = Screen(terminal=False), [0.0]
    with Progress("drained", 5, quiet=True, stream=log, clock=lambda: now[0]) as progress:
        now[0] = 60.0
        progress.at(1)
        progress.say("waiting for 4 jobs")
    assert log.getvalue() == "waiting for 4 jobs\n"


def test_ctrl_c_says_what_was_done_what_is_left_and_what_becomes_of_it() -> None:
    log = Screen(terminal=False)

    def work() -> None:
        with Progress("retried", 50, broken="the rest stays", stream=log) as progress:
            progress.at(12)
            raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        work()
    assert (ended.value.code, log.getvalue()) == (1, "interrupted: retried 12 of 50, 38 left; the rest stays\n")


def test_more_than_was_expected_is_no_nonsense() -> None:
    log, now = Screen(terminal=False), [0.0]
    with Progress("cancelled", 10, stream=log, clock=lambda: now[0]) as progress:
        now[0] = 10.0
        progress.at(30)
    assert log.getvalue() == "cancelled 30 of 30 (3/s)\n"


def test_where_there_is_nothing_to_count_no_noughts_are_told() -> None:
    log = Screen(terminal=False)
    with pytest.raises(SystemExit), Progress("drained", 0, broken="it stops all the same", stream=log):
        raise KeyboardInterrupt
    assert log.getvalue() == "interrupted: it stops all the same\n"
