"""Copies are whole or marked as torn; garbage is read without an error."""

import os
import signal
import time
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard import ENTRIES, EntryState, WorkerState
from scoreboard.layout import WORKER_STRIDE, Worker
from tests.support.processes import eventually

BATCHES = 200  # different ones to have seen
KILLS = 25


def write_batches(record) -> None:
    """Batches whose every number is the batch's own, as fast as they can be written."""
    record.begin(os.getpid(), 1, 1)
    number = 0
    while True:
        number += 1
        record.claim([(number,) * 4] * (1 + number % ENTRIES), number, call=number)
        record.start(0, number, number)
        record.done(0)


@pytest.mark.process
def test_a_copy_made_while_the_worker_writes_is_of_one_batch(board, fork):
    record = board.worker(0)
    record.begin(0, 1, 1)
    fork(lambda: write_batches(record))
    eventually(lambda: record.snapshot().call > 0, message="the writer writes")
    seen: set[int] = set()
    deadline = time.monotonic() + 10
    while len(seen) < BATCHES and time.monotonic() < deadline:
        copy = record.snapshot()
        if copy.torn:  # the writer lost its CPU for long
            continue
        number = copy.call
        seen.add(number)
        assert copy.claimed_ns == number
        assert len(copy.entries) == 1 + number % ENTRIES
        assert {word for entry in copy.entries for word in entry[:4]} == {number}
        assert {entry.started_ns for entry in copy.entries} <= {0, number}
        assert {entry.state for entry in copy.entries[1:]} <= {EntryState.CLAIMED}
    assert len(seen) >= BATCHES


@pytest.mark.process
def test_a_single_word_is_never_seen_half_written(board, fork):
    ones = 2**64 - 1
    record = board.worker(1)
    record.begin(0, 1, 1)

    def flicker() -> None:
        while True:
            record.beat(ones)
            record.beat(0)

    fork(flicker)
    word = record._words[Worker.BEAT_NS : Worker.BEAT_NS + 1]
    assert {word[0] for _ in range(200_000)} <= {0, ones, record._words[Worker.STARTED_AT_NS]}


@pytest.mark.process
def test_a_worker_killed_in_the_middle_of_a_claim_leaves_whole_jobs_or_none(board, fork):
    for turn in range(KILLS):
        record = board.worker(2)
        record.begin(0, 1, 1)
        pid = fork(lambda record=record: write_batches(record))
        eventually(lambda record=record: record.snapshot().call > 0, message="the writer writes")
        time.sleep(turn * 0.000_07)  # another moment of its work each time
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        left = record.snapshot()
        assert len({entry[:4] for entry in left.entries}) <= 1
        assert {entry.state for entry in left.entries[1:]} <= {EntryState.CLAIMED}
        record.begin(os.getpid(), 2, 1)
        assert not record.snapshot().torn


def test_a_record_that_stays_half_written_is_copied_as_torn_soon(board):
    record = board.worker(3)
    record.begin(10, 1, 1)
    record.claim([(1, 2, 3, 4)], 5)
    record._words[Worker.SEQUENCE] |= 1
    begin = time.monotonic()
    copy = record.snapshot()
    assert copy.torn
    assert copy.pid == 10
    assert time.monotonic() - begin < 1


@given(st.binary(min_size=8, max_size=256))
@settings(max_examples=60, deadline=None)
def test_garbage_is_copied_without_an_error(board, noise):
    record = board.worker(3)
    raw = (noise * (WORKER_STRIDE // len(noise) + 1))[:WORKER_STRIDE]
    record._words[:] = array("Q", raw)
    record._words[Worker.SEQUENCE] &= ~1 & (2**64 - 1)
    copy = record.snapshot()
    assert len(copy.entries) <= ENTRIES
    assert isinstance(copy.state, WorkerState)


def test_reading_an_empty_record_does_not_allocate_its_rows(board):
    before = os.fstat(board.fd).st_blocks
    assert board.worker(4).snapshot().entries == ()
    assert (os.fstat(board.fd).st_blocks - before) * 512 <= 4096
