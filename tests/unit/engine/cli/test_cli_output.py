"""How the command line says things."""

import json
from datetime import UTC, datetime

import pytest

from engine import Job, JobError, JobState
from engine.cli.output import age, job_text, length, say_json
from engine.cli.terminal.table import one_line, table


def test_a_table_is_aligned_with_numbers_to_the_right():
    assert table(("name", "n"), [("a", 5), ("longer", 100)]).splitlines() == [
        "NAME      N",
        "a         5",
        "longer  100",
    ]
    assert table(("id", "x"), []) == "ID  X"


def test_what_a_job_says_cannot_move_the_cursor_or_break_a_line():
    assert one_line("a\nb\x1b[2Jc\x00") == "a b [2Jc "
    assert one_line("x" * 100, 10) == "x" * 9 + "…"
    assert one_line(None) == ""


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0s"), (0.4, "0s"), (12.3, "12s"), (90, "1.5m"), (3600, "1h"), (86400 * 2.25, "2.2d")]
)
def test_a_length_is_short(seconds, said):
    assert length(seconds) == said


def test_an_age_knows_past_and_future():
    assert (age(100, 160), age(100, 70), age(None, 1)) == ("1m", "in 30s", "")


def test_a_job_is_shown_with_its_traceback_and_without_what_says_nothing():
    error = JobError(type="ValueError", message="no\nuser", traceback="Traceback\n  line \x1b[0m 1\n")
    text = job_text(
        Job(id="1-2-3", type="t", queue="q", state=JobState.DEAD, data={"a": 1}, error=error, enqueued_at=1.0)
    )
    assert text.splitlines() == [
        "id          1-2-3",
        "state       dead",
        "type        t",
        "queue       q",
        'data        {"a": 1}',
        "enqueued    1970-01-01 00:00:01 UTC",
        "error       ValueError: no user",
        "cause       exception",
        "Traceback",
        "  line  [0m 1",
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, {"a": "2026-01-01T00:00:00Z"}),
        ({1: "x"}, {"1": "x"}),
        ({"a": 1j}, {"a": "1j"}),
        ({(1, 2): 3}, {"undisplayable": "{(1, 2): 3}"}),
    ],
)
def test_whatever_a_payload_holds_is_json(capsys, value, said):
    say_json(value)
    assert json.loads(capsys.readouterr().out) == said
