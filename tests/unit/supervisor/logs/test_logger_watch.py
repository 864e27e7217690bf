import os
from collections.abc import Iterator

import pytest

from scoreboard import Board, LoggerRecord
from supervisor.logs.logger_watch import Sink, Verdict, Watch


@pytest.fixture
def record() -> Iterator[LoggerRecord]:
    with Board.create(1) as board:
        yield board.logger()


def beating(watch: Watch, record: LoggerRecord, pid: int, start: float, seconds: int) -> float:
    for step in range(seconds * 2):
        record.beat_ns += 1
        assert watch.look(pid, start + step / 2) is Verdict.WELL
    return start + seconds


def test_one_that_beats_is_well(record: LoggerRecord) -> None:
    watch = Watch(record)
    beating(watch, record, 10, 100.0, 60)
    assert watch.pause == 1.0


def test_one_that_has_stopped_beating_is_stuck_and_that_is_said_once(record: LoggerRecord) -> None:
    watch = Watch(record)
    now = beating(watch, record, 10, 100.0, 5)
    verdicts = [watch.look(10, now + step / 2) for step in range(9)]
    assert verdicts.index(Verdict.STUCK) <= 3
    assert verdicts.count(Verdict.STUCK) == 1
    assert watch.pause < 1.0


def test_a_new_one_has_time_for_its_first_beat(record: LoggerRecord) -> None:
    watch = Watch(record)
    now = beating(watch, record, 10, 100.0, 5)
    assert watch.look(11, now + 0.5) is Verdict.WELL
    assert watch.look(11, now + 1.5) is Verdict.WELL
    assert watch.look(11, now + 2.5) is Verdict.WELL
    record.beat_ns += 1
    assert watch.look(11, now + 3.0) is Verdict.WELL


@pytest.mark.parametrize("pid", [None, 11])
def test_when_nobody_has_beaten_for_long_the_pipes_are_lost(pid: int | None, record: LoggerRecord) -> None:
    watch = Watch(record)
    now = beating(watch, record, 10, 100.0, 5)
    verdicts = [watch.look(pid, now + step / 2) for step in range(14)]
    assert verdicts[-1] is Verdict.LOST
    assert verdicts.index(Verdict.LOST) >= 9
    record.beat_ns += 1
    assert watch.look(pid or 12, now + 8) is (Verdict.WELL if pid else Verdict.LOST)  # a new one proves itself first


def test_time_in_which_the_supervisor_itself_was_stopped_does_not_count(record: LoggerRecord) -> None:
    watch = Watch(record)
    now = beating(watch, record, 10, 100.0, 5)
    assert watch.look(10, now + 3600) is Verdict.WELL


def test_the_sink_empties_full_pipes_and_leaves_the_others_to_the_next_logger() -> None:
    full, nearly_empty = os.pipe(), os.pipe()
    for read_end, write_end in (full, nearly_empty):
        os.set_blocking(read_end, False)
        os.set_blocking(write_end, False)
    sink, filled = Sink(), 0
    try:
        while True:
            filled += os.write(full[1], b"x" * 4096)
    except BlockingIOError:
        os.write(nearly_empty[1], b"kept")
    sink.empty([full[0], nearly_empty[0]])
    assert sink.discarded == filled
    assert os.write(full[1], b"there is room")
    assert os.read(nearly_empty[0], 100) == b"kept"
    for fd in (*full, *nearly_empty):
        os.close(fd)
