import os

import pytest

from scoreboard import Board, ExitReason
from scoreboard.layout import KINDS_KEPT, WORKER_STRIDE, Worker


@pytest.fixture
def record():
    with Board.create(1, 1) as board:
        worker = board.worker(0)
        worker.begin(os.getpid(), 1, 1)
        yield worker


def test_the_table_ends_within_the_record():
    from scoreboard.layout import KIND_WORDS

    assert (Worker.KINDS + KINDS_KEPT * KIND_WORDS) * 8 <= WORKER_STRIDE


def test_kinds_are_counted_and_begin_anew_with_the_next_worker(record):
    for _ in range(3):
        record.kinds.note("send: ValueError")
    record.kinds.note("größer: " + "x" * 300)
    assert record.kinds.read()["send: ValueError"] == 3
    assert len(record.kinds.read()) == 2
    assert record.kinds_of(os.getpid()) == set(record.kinds.read())
    assert record.kinds_of(os.getpid() + 1) == frozenset()
    record.begin(os.getpid(), 2, 1)
    assert record.kinds.read() == {}


def test_the_oldest_kind_makes_room(record):
    for number in range(KINDS_KEPT + 1):
        record.kinds.note(f"kind {number}")
    seen = record.kinds.read()
    assert len(seen) == KINDS_KEPT
    assert "kind 0" not in seen
    record.kinds.note("kind 0")
    assert record.kinds.read()["kind 0"] == 1


def test_a_wish_is_read_only_of_the_worker_that_made_it(record):
    record.wish(ExitReason.RECYCLE_AGE)
    assert record.wish_of(os.getpid()) is ExitReason.RECYCLE_AGE
    assert record.wish_of(os.getpid() + 1) is ExitReason.NONE
    record.begin(os.getpid(), 2, 1)
    assert record.wish_of(os.getpid()) is ExitReason.NONE
