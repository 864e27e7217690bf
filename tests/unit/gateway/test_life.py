from typing import Any

import pytest

from engine import Event, JobState, Log, LogLine, Progress
from gateway.life import Position, new, position, written
from gateway.streams import Seen


def seen(a_job: Any, log: Log | None = None, **changes: Any) -> Seen:
    return Seen(a_job(**{"state": JobState.PROCESSING, **changes}), log)


STORY = [Event(1.0, "enqueued"), Event(2.0, "claimed", "ab12")]


def names(found: Any) -> list[str]:
    return [one.name for one in found]


def test_a_new_client_hears_the_whole_story(a_job: Any) -> None:
    log = Log([LogLine(3.0, "a"), LogLine(4.0, "b")])
    told = list(new(seen(a_job, log, history=STORY, progress=Progress(0.5, "half", 4.0)), Position(), None))
    assert names(told) == ["state", "state", "log", "log", "progress"]
    assert told[0].data["what"] == "enqueued"
    assert told[-1].position == Position(2, 2)
    assert told[-1].data == {"fraction": 0.5, "text": "half", "at": "1970-01-01T00:00:04.000Z"}


def test_one_that_comes_back_hears_what_is_new(a_job: Any) -> None:
    log = Log([LogLine(3.0, "a"), LogLine(4.0, "b")])
    told = list(new(seen(a_job, log, history=STORY), Position(1, 1), None))
    assert [(one.name, one.data.get("text", one.data.get("what"))) for one in told] == [
        ("state", "claimed"),
        ("log", "b"),
    ]


def test_progress_is_told_when_it_is_another(a_job: Any) -> None:
    at = Progress(0.5, "half", 4.0)
    assert list(new(seen(a_job, progress=at), Position(9, 9), at)) == []
    assert names(new(seen(a_job, progress=Progress(0.6, "more", 5.0)), Position(9, 9), at)) == ["progress"]


def test_lines_that_were_dropped_meanwhile_are_counted(a_job: Any) -> None:
    told = list(new(seen(a_job, Log([LogLine(4.0, "z")], dropped=10)), Position(9, 4), None))
    assert [(one.name, one.position.log) for one in told] == [("dropped", 10), ("log", 11)]
    assert told[0].data == {"lines": 6}


def test_events_that_were_too_many_to_keep_are_counted(a_job: Any) -> None:
    story = [Event(1.0, "enqueued"), Event(None, "omitted", why="7"), Event(9.0, "claimed")]
    assert list(new(seen(a_job, history=story), Position(9, 0), None)) == []
    assert [one.position.story for one in new(seen(a_job, history=story), Position(0, 0), None)] == [1, 8, 9]


@pytest.mark.parametrize("state", [JobState.COMPLETED, JobState.DEAD, JobState.CANCELLED])
def test_the_end_is_told_last_with_the_whole_job(a_job: Any, state: JobState) -> None:
    told = list(new(seen(a_job, state=state), Position(9, 9), None))
    assert names(told) == ["end"]
    assert told[0].data["status"] == state.value
    assert str(told[0].position) == "9.9.end"


@pytest.mark.parametrize("given", [None, "", "x", "1", "1.2.x", "-1.2", "1" * 12 + ".1"])
def test_what_is_no_position_is_the_beginning(given: str | None) -> None:
    assert position(given) == Position()


@pytest.mark.parametrize("at", [Position(), Position(3, 12), Position(3, 12, ended=True)])
def test_a_position_is_read_as_it_was_written(at: Position) -> None:
    assert position(str(at)) == at


def test_an_event_is_one_line_of_json(a_job: Any) -> None:
    (told,) = new(seen(a_job, Log([LogLine(1.0, "two\nlines")])), Position(9, 0), None)
    text = written(told).decode()
    assert text == 'id: 9.1\nevent: log\ndata: {"at":"1970-01-01T00:00:01.000Z","text":"two\\nlines"}\n\n'
