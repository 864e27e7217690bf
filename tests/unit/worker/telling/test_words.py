"""What a run has said and the store has not heard: the newest wins, nothing counts twice, nothing grows without end."""

import pytest

from engine.asking.sayings import LOG_BYTES
from worker.telling.words import LINES, Words, cut


@pytest.fixture
def words():
    return Words("1-2-3", 9, "1-2-3/9/a")


def test_who_says_nothing_has_nothing_to_send(words) -> None:
    assert words.waiting() is None
    assert not words.spoke


def test_of_progress_and_checkpoint_the_newest_is_sent_and_once(words) -> None:
    for n in range(10):
        words.progress(n / 10, f"step {n}")
        words.checkpoint = b"%d" % n
    said = words.waiting()
    assert (said.progress[1:], said.checkpoint, said.number) == ((0.9, "step 9"), b"9", 1)
    words.heard()
    assert words.waiting() is None
    words.log("a line")
    said = words.waiting()
    assert (said.progress, said.checkpoint, said.number) == (None, None, 2)
    assert [line for _, line in said.lines] == ["a line"]


def test_what_was_not_heard_is_said_again_as_it_was_and_what_came_since_waits(words) -> None:
    words.log("one")
    first = words.waiting()
    words.log("two")
    again = words.waiting()
    assert (again.number, [line for _, line in again.lines]) == (first.number, ["one"])
    words.heard()
    then = words.waiting()
    assert (then.number, [line for _, line in then.lines], then.dropped) == (2, ["two"], 0)


def test_of_too_many_lines_the_newest_are_sent_and_the_others_counted(words) -> None:
    for n in range(LINES + 100):
        words.log(str(n))
    said = words.waiting()
    assert said.dropped == 100
    assert said.lines[-1][1] == str(LINES + 99)
    words.heard()
    for _ in range(40):
        words.log("x" * 1000)
    said = words.waiting()
    assert len(said.lines) + said.dropped == 40
    assert sum(len(line) for _, line in said.lines) <= LOG_BYTES


def test_a_text_of_several_lines_is_several_lines(words) -> None:
    words.log("a\nb\r\nc")
    assert [line for _, line in words.waiting().lines] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["short", "ä" * 1000, "\ud800", "x" * 1001, ""])
def test_a_text_is_cut_to_its_bytes_and_is_always_valid(text) -> None:
    assert len(cut(text).encode()) <= 1000
    assert cut("short") == "short"
