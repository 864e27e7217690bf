"""The keeper's words, and the promise made by both halves of revoking, kept between two real processes."""

import mmap
import os
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard import ENTRIES, REVOKE_WAIT_S, Board, Cause, unstarted
from scoreboard.layout import Worker
from tests.support.processes import eventually

ROUNDS = 250
JOBS = 2**21  # numbers of jobs the ledger has room for
INCARNATION = 99


class Ledger:
    """Shared bytes, one a job: what the worker really ran, what the keeper really gave back."""

    def __init__(self) -> None:
        self.ran = mmap.mmap(-1, JOBS)
        self.returned = mmap.mmap(-1, JOBS)
        self.refused = mmap.mmap(-1, JOBS)
        self.pages = (self.ran, self.returned, self.refused)

    def close(self) -> None:
        for page in self.pages:
            page.close()


def run_jobs(record, ledger: Ledger) -> None:
    """Start whole batches at full speed; after a refusal stand still until the keeper has looked."""
    job = 0
    while job + ENTRIES < JOBS:
        record.claim([(0, 0, job + place, 1) for place in range(ENTRIES)], 1)
        refused = False
        for place in range(ENTRIES):
            if record.start(place, 1, 0):
                ledger.ran[job + place] = 1
                record.done(place)
            else:
                ledger.refused[job + place] = 1
                refused = True
        if refused:
            time.sleep(2 * REVOKE_WAIT_S)
        job += ENTRIES


@pytest.mark.process
def test_no_job_is_both_run_by_the_worker_and_given_back_by_the_keeper(board, fork):
    ledger = Ledger()
    worker, keeper = board.worker(0), board.keeper(0)
    worker.begin(os.getpid(), INCARNATION, 1)
    fork(lambda: run_jobs(worker, ledger))
    eventually(lambda: worker.snapshot().entries, message="the worker works")
    for _ in range(ROUNDS):
        # The bare word: while a snapshot is taken apart, this worker would be several batches further.
        keeper.revoke(worker._words[Worker.BATCH], random.randrange(ENTRIES))
        time.sleep(REVOKE_WAIT_S)
        for entry in unstarted(worker.snapshot(), keeper.revoked()):
            ledger.returned[entry.seq] = 1
    ran, returned, refused = (page[:] for page in ledger.pages)
    ledger.close()
    both = [job for job in range(JOBS) if ran[job] and returned[job]]
    assert both == []
    assert ran.count(1) > ENTRIES
    assert returned.count(1) > ENTRIES
    assert refused.count(1) > ENTRIES
    assert not [job for job in range(JOBS) if ran[job] and refused[job]]


def take_replies(record, ledger: Ledger) -> None:
    """Announce a call, take its reply at some moment, start its job if it may."""
    for call in range(1, JOBS):
        record.set_in_flight(call)
        if call % 3 == 0:
            time.sleep(random.random() * 2 * REVOKE_WAIT_S)
        record.claim([(0, 0, call, 1)], 1)
        if record.start(0, 1, 0):
            ledger.ran[call] = 1
        else:
            ledger.refused[call] = 1
        record.done(0)


@pytest.mark.process
def test_no_reply_is_both_used_by_the_worker_and_given_back_unread(board, fork):
    ledger = Ledger()
    worker, keeper = board.worker(1), board.keeper(1)
    worker.begin(os.getpid(), INCARNATION, 1)
    fork(lambda: take_replies(worker, ledger))
    returned = set()
    eventually(lambda: worker.snapshot().in_flight, message="the worker works")
    deadline = time.monotonic() + 10
    while len(returned) < ROUNDS // 5 and time.monotonic() < deadline:
        call = worker.snapshot().in_flight
        if call:
            keeper.revoke_through(call, INCARNATION)
            time.sleep(REVOKE_WAIT_S)
            after = worker.snapshot()
            if not after.torn and after.in_flight == call:
                returned.add(call)
    ran = {call for call in range(JOBS) if ledger.ran[call]}
    ledger.close()
    assert ran & returned == set()
    assert ran
    assert returned


@given(batch=st.integers(1, 2**47), index=st.integers(0, ENTRIES), seq=st.integers(1, 2**64 - 1))
@settings(max_examples=50, deadline=None)
def test_what_is_revoked_reads_as_it_was_said(batch, index, seq):
    with Board.create(1) as board:
        board.worker(0).begin(1, INCARNATION, 1)
        keeper = board.keeper(0)
        keeper.revoke(batch, index)
        keeper.revoke_through(seq)
        assert board.keeper(0).revoked() == (batch, index, seq)


def test_revoking_again_never_gives_a_job_free_that_was_given_back(board):
    worker, keeper = board.worker(2), board.keeper(2)
    worker.begin(1, INCARNATION, 1)
    worker.claim([(0, 0, seq, 1) for seq in range(5)], 1)
    batch = worker.snapshot().batch
    keeper.revoke(batch, 2)
    keeper.revoke(batch, 4)
    assert keeper.revoked().from_index == 2
    keeper.revoke(batch, 1)
    assert keeper.revoked().from_index == 1
    keeper.revoke(batch - 1, 0)
    assert keeper.revoked().batch == batch
    keeper.revoke_through(7)
    keeper.revoke_through(6)
    assert keeper.revoked().seq == 7


def test_what_was_revoked_of_one_incarnation_is_not_said_of_the_next(board):
    worker, keeper = board.worker(2), board.keeper(2)
    worker.begin(1, INCARNATION, 1)
    keeper.revoke_through(700)
    worker.begin(2, INCARNATION + 1, 1)
    keeper.revoke_through(3)
    assert keeper.revoked().seq == 3


def test_the_cause_of_a_kill_is_told_of_that_pid_only(board):
    keeper = board.keeper(3)
    assert keeper.cause_of(0) is Cause.NONE
    keeper.record_kill(123, Cause.HARD_TIMEOUT)
    assert keeper.cause_of(123) is Cause.HARD_TIMEOUT
    assert keeper.cause_of(124) is Cause.NONE


def test_extending_leases_is_told(board):
    keeper = board.keeper(3)
    keeper.extended(55)
    keeper.extend_failed()
    keeper.extend_failed()
    assert (board.keeper(3).last_extend_ns, board.keeper(3).extends_failed) == (55, 2)
