"""Revoking, interleaved exhaustively: the keeper's two halves fall between any two words the worker touches.

The two-process tests meet the narrow moments by chance; these meet every one of them. Words are read and written one
after the other here; that stores become visible late is what the keeper's wait is for.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement, count

import pytest

from scoreboard import Board, KeeperRecord, WorkerRecord, unstarted, worker_snapshot
from tests.support.stepped import Stepped

CALL = 3
INCARNATIONS = count(1)  # nothing said of one holds for the next


class Scene:
    """One worker and one keeper; what the keeper does is done when the worker has taken so many steps."""

    def __init__(self, board: Board) -> None:
        self.steps = 0
        self.plan: dict[int, list[Callable[[], None]]] = {}
        self.keeper: KeeperRecord = board.keeper(0)
        self.worker: WorkerRecord = board.worker(0)
        self.reader: WorkerRecord = board.worker(0)
        self.worker.begin(1, next(INCARNATIONS), 1)
        self.worker._words = Stepped(self.worker._words, self._step)
        self.worker._marks = Stepped(self.worker._marks, self._step)
        self.worker._ids = Stepped(self.worker._ids, self._step)
        self.worker._keeper = Stepped(self.worker._keeper, self._step)

    def do(self, worker_part: Callable[[], bool], *at: tuple[int, Callable[[], None]]) -> bool:
        self.steps, self.plan = 0, {}
        for step, action in at:
            self.plan.setdefault(step, []).append(action)
        ran = worker_part()
        self.finish()
        return ran

    def finish(self) -> None:
        for step in sorted(self.plan):
            for action in self.plan.pop(step):
                action()

    def _step(self) -> None:
        for action in self.plan.pop(self.steps, []):
            action()
        self.steps += 1


@pytest.fixture
def scene(monkeypatch):
    monkeypatch.setattr(worker_snapshot, "_PAUSE_S", 0)  # who writes stands still while we look
    with Board.create(1) as board:
        yield lambda: Scene(board)


def every_moment(steps: int) -> list[tuple[int, int]]:
    return list(combinations_with_replacement(range(steps + 1), 2))


def test_at_no_moment_of_a_start_is_the_job_both_run_and_given_back(scene):
    outcomes = set()
    for revoke_at, look_at in every_moment(steps=8):
        now = scene()
        now.worker.claim([(0, 0, 7, 7)], 1)
        batch, given = now.reader.snapshot().batch, []
        ran = now.do(
            lambda now=now: now.worker.start(0, 1, 2),
            (revoke_at, lambda now=now, batch=batch: now.keeper.revoke(batch, 0)),
            (
                look_at,
                lambda now=now, given=given: given.extend(unstarted(now.reader.snapshot(), now.keeper.revoked())),
            ),
        )
        assert not (ran and given), f"revoked before step {revoke_at}, looked before step {look_at}"
        outcomes.add((ran, bool(given)))
    assert outcomes == {(True, False), (False, True), (False, False)}


@pytest.mark.parametrize("how", ["claim", "append"])
def test_at_no_moment_of_taking_a_reply_is_its_job_both_run_and_given_back_unread(scene, how):
    def take(worker: WorkerRecord) -> bool:
        if how == "claim":
            worker.claim([(0, 0, 7, 7)], 1)
        else:
            worker.append((0, 0, 7, 7))
        return worker.start(0, 1, 2)

    outcomes = set()
    for revoke_at, look_at in every_moment(steps=30):
        now = scene()
        now.worker.set_in_flight(CALL)
        looks = []
        ran = now.do(
            lambda now=now: take(now.worker),
            (revoke_at, lambda now=now: now.keeper.revoke_through(CALL)),
            (look_at, lambda now=now, looks=looks: looks.append(now.reader.snapshot())),
        )
        unread = not looks[0].torn and looks[0].in_flight == CALL
        assert not (ran and unread), f"revoked before step {revoke_at}, looked before step {look_at}"
        outcomes.add((ran, unread))
    assert outcomes == {(True, False), (False, True), (False, False)}


def test_at_every_moment_of_a_claim_a_reader_sees_the_old_batch_the_new_one_or_a_torn_one(scene):
    old, new = [(1, 1, 1, 1)] * 3, [(2, 2, 2, 2)] * 2
    seen = set()
    for step in range(30):
        now = scene()
        now.worker.claim(old, 1)
        looks = []
        now.do(
            lambda now=now: bool(now.worker.claim(new, 2)),
            (step, lambda now=now, looks=looks: looks.append(now.reader.snapshot())),
        )
        copy = looks[0]
        jobs = [entry[:4] for entry in copy.entries]
        if copy.torn:
            assert jobs in ([], old, new)
        else:
            assert (jobs, copy.claimed_ns) in ((old, 1), (new, 2))
        seen.add("torn" if copy.torn else copy.claimed_ns)
    assert seen == {1, 2, "torn"}
