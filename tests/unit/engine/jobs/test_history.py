"""A job's history, read from whatever there is of it."""

import pytest

from engine.jobs.history import Event, history
from engine.jobs.states import JobState


def test_a_story_is_read_line_by_line_and_a_line_that_is_none_is_left_out() -> None:
    story = b"1500 claimed a1\n2000 retried a1 @3000 ValueError: no @home\nnonsense\n\xff\n"
    story += b"~12\n4000 promoted\n5000 buried - why\n"
    assert history(1.0, JobState.DEAD, {"y": story}) == [
        Event(1.0, "enqueued"),
        Event(1.5, "claimed", "a1"),
        Event(2.0, "retried", "a1", "ValueError: no @home", 3.0),
        Event(None, "omitted", why="12"),
        Event(4.0, "promoted"),
        Event(5.0, "buried", None, "why"),
    ]


def test_without_a_story_it_is_what_the_record_and_the_lease_say() -> None:
    assert history(1.0, JobState.PENDING) == [Event(1.0, "enqueued")]
    assert history(1.0, JobState.PROCESSING, {}, "a1")[1:] == [Event(None, "claimed", "a1")]
    fields = {"b": b"1500", "w": b"a1", "f": b"2000"}
    assert history(1.0, JobState.COMPLETED, fields)[1:] == [
        Event(1.5, "claimed", "a1"),
        Event(2.0, "completed", "a1"),
    ]


@pytest.mark.parametrize("last", ["claimed", "asked"])
def test_a_claim_that_is_told_is_not_told_again(last) -> None:
    story = {"y": f"1500 {last} a1\n".encode()}
    assert len(history(1.0, JobState.PROCESSING, story, "a1")) == 2
