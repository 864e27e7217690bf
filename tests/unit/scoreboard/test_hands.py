"""Places of jobs against a model, and the worker's half of revoking."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scoreboard import ENTRIES, Board, EntryState, KeeperRecord, WorkerRecord, unstarted
from scoreboard.layout import ENTRY_WORDS

JOB = st.tuples(*[st.integers(0, 2**64 - 1)] * 4)
INCARNATION = 77


class Places(RuleBasedStateMachine):
    """Does what a worker with several jobs at once may do; the record must agree with a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.board = Board.create(1)
        self.record = self.board.worker(0)
        self.record.begin(1, INCARNATION, 1)
        self.model: dict[int, tuple[tuple[int, ...], EntryState]] = {}

    @rule(batch=st.lists(JOB, max_size=6))
    def claim(self, batch):
        self.record.claim(batch, 1)
        self.model = {index: (job, EntryState.CLAIMED) for index, job in enumerate(batch)}

    @rule(batch=st.lists(JOB, min_size=1, max_size=3))
    @precondition(lambda self: len(self.model) < ENTRIES - 3)
    def append(self, batch):
        for index, job in zip(self.record.append_many(batch), batch, strict=True):
            assert index not in self.model
            self.model[index] = (job, EntryState.CLAIMED)

    @rule(data=st.data(), move=st.sampled_from(["start", "done", "free"]))
    @precondition(lambda self: self.model)
    def mark(self, data, move):
        index = data.draw(st.sampled_from(sorted(self.model)))
        job = self.model[index][0]
        if move == "start":
            assert self.record.start(index, 5, 6)
            self.model[index] = (job, EntryState.STARTED)
        elif move == "done":
            self.record.done(index)
            self.model[index] = (job, EntryState.DONE)
        else:
            self.record.free(index)
            del self.model[index]

    @rule()
    def clear(self):
        self.record.clear()
        self.model = {}

    @invariant()
    def record_and_model_agree(self):
        seen = self.record.snapshot()
        assert not seen.torn
        held = {
            index: (entry[:4], entry.state)
            for index, entry in enumerate(seen.entries)
            if entry.state is not EntryState.FREE
        }
        assert held == self.model

    def teardown(self):
        self.board.close()


TestPlaces = Places.TestCase
TestPlaces.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@pytest.fixture
def board() -> Iterator[Board]:
    with Board.create(1) as made:
        yield made


@pytest.fixture
def pair(board: Board) -> tuple[WorkerRecord, KeeperRecord]:
    worker = board.worker(0)
    worker.begin(1, INCARNATION, 1)
    worker.claim([(0, 0, seq, seq) for seq in range(5)], 1, call=1)
    return worker, board.keeper(0)


def revoke(worker: WorkerRecord, keeper: KeeperRecord, from_index: int) -> None:
    keeper.revoke(worker.snapshot().batch, from_index)


def test_what_is_revoked_does_not_start_and_what_stands_before_it_does(pair):
    worker, keeper = pair
    worker.start(0, 10, 0)
    revoke(worker, keeper, 2)
    assert [worker.start(index, 10, 20) for index in range(1, 5)] == [True, False, False, False]
    assert [entry.seq for entry in unstarted(worker.snapshot(), keeper.revoked())] == [2, 3, 4]


def test_a_started_job_is_never_given_back(pair):
    worker, keeper = pair
    worker.start(3, 10, 0)
    revoke(worker, keeper, 0)
    assert [entry.seq for entry in unstarted(worker.snapshot(), keeper.revoked())] == [0, 1, 2, 4]


def test_what_was_revoked_from_one_batch_leaves_the_next_alone(pair):
    worker, keeper = pair
    revoke(worker, keeper, 0)
    worker.claim([(9, 9, 9, 9)], 1)
    assert unstarted(worker.snapshot(), keeper.revoked()) == []
    assert worker.start(0, 10, 0)


def test_what_was_revoked_from_a_dead_worker_leaves_its_successor_alone(pair, board):
    worker, keeper = pair
    revoke(worker, keeper, 0)
    keeper.revoke_through(50, INCARNATION)
    successor = board.worker(0)
    successor.begin(2, INCARNATION + 1, 1)
    assert keeper.revoked().seq == 0
    successor.claim([(9, 9, 9, 9)], 1, call=1)
    assert successor.start(0, 10, 0)


def test_a_torn_copy_gives_nothing_back(pair):
    worker, keeper = pair
    revoke(worker, keeper, 0)
    assert unstarted(worker.snapshot()._replace(torn=True), keeper.revoked()) == []


def test_a_reply_read_after_its_call_was_revoked_starts_nothing(pair):
    worker, keeper = pair
    worker.set_in_flight(8)
    keeper.revoke_through(8)
    assert keeper.revoked().seq == 8
    worker.claim([(1, 1, 1, 1), (2, 2, 2, 2)], 1)
    assert not worker.start(0, 10, 0)
    assert not worker.start(1, 10, 0)
    worker.claim([(3, 3, 3, 3)], 1, call=9)
    assert worker.start(0, 10, 0)


def test_a_reply_taken_before_its_call_was_revoked_stays_with_the_worker(pair):
    worker, keeper = pair
    worker.claim([(1, 1, 1, 1)], 1, call=8)
    keeper.revoke_through(8, INCARNATION)
    assert worker.start(0, 10, 0)


def test_jobs_appended_from_a_revoked_call_do_not_start_beside_those_that_may(pair):
    worker, keeper = pair
    keeper.revoke_through(8, INCARNATION)
    first, second = worker.append_many([(1, 1, 1, 1), (2, 2, 2, 2)], call=8)
    assert worker.start(0, 10, 0)
    assert not worker.start(first, 10, 0)
    assert not worker.start(second, 10, 0)
    later = worker.append((3, 3, 3, 3), call=9)
    assert worker.start(later, 10, 0)


def test_a_revoked_batch_refuses_until_the_refused_are_freed(pair):
    worker, keeper = pair
    worker.start(0, 10, 0)
    revoke(worker, keeper, 0)
    for index in (1, 2, 3):
        assert not worker.start(index, 10, 0)
        worker.free(index)
    assert not worker.start(worker.append((1, 1, 1, 1), call=2), 10, 0)  # 4 is still in hand
    for index in (3, 4):
        worker.free(index)
    batch = worker.snapshot().batch
    assert worker.start(worker.append((2, 2, 2, 2), call=3), 10, 0)
    assert worker.snapshot().batch == batch + 1
    assert worker.snapshot().entries[0].state is EntryState.STARTED


@pytest.mark.parametrize("how", ["revoked", "void"])
def test_a_start_under_way_in_another_thread_is_refused_although_the_batch_goes_on(pair, how):
    worker, keeper = pair
    if how == "void":
        keeper.revoke_through(1, INCARNATION)
        worker.claim([(0, 0, 0, 0)], 1, call=1)
    worker.claim([(0, 0, 0, 0)], 1, call=1)
    floor = worker._floor  # the other thread has looked at it,
    worker._marks[0 * ENTRY_WORDS] = EntryState.STARTED  # has said STARTED, and loses its turn
    if how == "revoked":
        revoke(worker, keeper, 0)
    worker.append((5, 5, 5, 5), call=2)
    assert not worker._start_anyway(0, floor)
    assert worker.snapshot().entries[0].state is EntryState.CLAIMED
