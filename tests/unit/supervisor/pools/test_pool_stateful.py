"""A pool with invented zygotes and workers: whatever happens, it keeps to its budget and ends as it should."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import supervisor.pools.pool
from config import Pool as PoolConfig
from scoreboard import Board, ExitReason, WorkerState
from supervisor.deaths.certificates import Certificates
from supervisor.pools.pool import Pool, Surroundings
from supervisor.pools.seat import SCALE, Seat
from supervisor.pools.slots import Slots
from supervisor.pools.zygote import WorkerExit
from supervisor.processes.children import Exit
from supervisor.processes.outputs import Outputs
from supervisor.services.states import State
from tests.support.straw_zygote import PID, Straw


class Pools(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.patches = [
            patch("time.monotonic", lambda: self.now),
            patch.object(supervisor.pools.pool, "Zygote", Straw),
            patch("supervisor.pools.seat.send", lambda *_: True),
            patch.object(Seat, "dismiss", self.checked(Seat.dismiss)),
        ]
        for each in self.patches:
            each.start()
        Straw.made = []
        self.pids = PID
        self.accepted = 0  # the newest generation that was not rolled back
        self.board = Board.create(64, 1)
        shared = Surroundings(
            board=self.board,
            slots=Slots(64),
            nursery=SimpleNamespace(children=Known(), certificates=Certificates()),  # type: ignore[arg-type]  # straw
            outputs=Outputs(),
            flush=lambda _: None,
            wake=lambda: None,
        )
        self.config = PoolConfig(name="p", tasks=("t",), instances=3)
        self.pool = Pool(self.config, 0, shared, lambda *_: None)  # type: ignore[arg-type, return-value]  # straw

    def teardown(self) -> None:
        try:
            self.comes_to_rest()
        finally:
            for each in self.patches:
                each.stop()
            self.pool._shared.outputs.close_writers()
            self.board.close()

    def checked(self, dismiss: Any) -> Any:
        def checking(seat: Seat, now: float, timeout: float, reason: str) -> None:
            if reason != SCALE and seat.state is State.RUNNING:
                others = [one for one in self.pool.seats if one is not seat and not one.trial]
                serving = sum(one.state is State.RUNNING for one in others)
                assert serving >= self.pool.target - self.unavailable, reason
            dismiss(seat, now, timeout, reason)

        return checking

    @property
    def unavailable(self) -> int:
        return self.pool.config.reload.unavailable(self.pool.target)

    # what people want -----------------------------------------------------------------------------------------

    @rule(canary=st.booleans())
    def new_code(self, canary: bool) -> None:
        if canary:
            self.pool.reload()
        else:
            self.pool.restart()

    @rule(surge=st.integers(0, 2), unavailable=st.integers(0, 2), instances=st.integers(1, 5))
    def new_config(self, surge: int, unavailable: int, instances: int) -> None:
        rules = {"max_surge": surge or 1 - min(1, unavailable), "max_unavailable": unavailable}
        self.pool.reconfigure(PoolConfig(name="p", tasks=("t",), instances=instances, reload=rules))

    @rule(count=st.integers(0, 6))
    def scale(self, count: int) -> None:
        self.pool.scale(count)

    @rule(stop=st.booleans())
    def stop_or_start(self, stop: bool) -> None:
        if stop:
            self.pool.stop(self.now)
        else:
            self.pool.start()

    # what happens ---------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 11.0]), times=st.integers(1, 3))
    def time_passes(self, seconds: float, times: int) -> None:
        for _ in range(times):
            self.now += seconds
            self.reconcile()

    @rule(well=st.booleans(), which=st.integers(0, 9))
    def a_zygote_boots(self, well: bool, which: int) -> None:
        booting = [one for one in Straw.made if one.pid and not one.ready and not one.leaving]
        if booting:
            self.boot(booting[which % len(booting)], well=well)

    @rule()
    def workers_are_forked(self) -> None:
        for zygote in Straw.made:
            self.fork(zygote)

    @rule(which=st.integers(0, 9), jobs=st.integers(0, 4))
    def a_worker_comes_up_or_works(self, which: int, jobs: int) -> None:
        if worker := self.worker(which):
            self.board.worker(worker[2]).set_state(WorkerState.IDLE)
            self.board.worker(worker[2]).count_jobs(jobs)

    @rule(which=st.integers(0, 9), kind=st.sampled_from(["a", "b"]))
    def a_job_fails(self, which: int, kind: str) -> None:
        if worker := self.worker(which):
            self.board.worker(worker[2]).kinds.note(kind)

    @rule(which=st.integers(0, 9))
    def a_worker_wants_to_be_replaced(self, which: int) -> None:
        if worker := self.worker(which):
            self.board.worker(worker[2]).wish(ExitReason.RECYCLE_JOBS)

    @rule(which=st.integers(0, 9))
    def a_worker_crashes(self, which: int) -> None:
        if worker := self.worker(which):
            self.ends(*worker, signal=11)

    @rule(which=st.integers(0, 9))
    def a_worker_has_drained(self, which: int) -> None:
        draining = [worker for worker in self.workers() if self.state(worker) is State.DRAINING]
        if draining:
            self.ends(*draining[which % len(draining)], signal=None)

    @precondition(lambda _self: any(one.pid and one.ready for one in Straw.made))
    @rule(which=st.integers(0, 9))
    def a_zygote_dies(self, which: int) -> None:
        alive = [one for one in Straw.made if one.pid and one.ready]
        alive[which % len(alive)].die()
        self.reconcile()

    # what must hold -------------------------------------------------------------------------------------------

    @invariant()
    def one_rollout_at_a_time_and_never_more_zygotes_than_it_needs(self) -> None:
        serving = [one for one in Straw.made if one.pid and not one.leaving]
        assert len(serving) <= 2
        assert len({seat.slot for seat in self.pool.seats}) == len(self.pool.seats)
        assert sum(seat.trial for seat in self.pool.seats) <= 1

    def comes_to_rest(self) -> None:
        """Once nothing happens any more, all is as it is wanted, and of one generation that was not refused."""
        self.pool.start()
        self.pool.scale(3)
        for _ in range(120):
            self.now += 11.0
            self.reconcile()
            for zygote in list(Straw.made):
                if zygote.pid and not zygote.ready and not zygote.leaving:
                    self.boot(zygote, well=True)
                self.fork(zygote)
            for worker in self.workers():
                if self.state(worker) is State.DRAINING:
                    self.ends(*worker, signal=None)
                else:
                    self.board.worker(worker[2]).set_state(WorkerState.IDLE)
            self.workers_are_forked()  # those asked for just now: no zygote is silent for eleven seconds
        assert (self.pool.rolling.active, self.pool.rolling.pending) == (None, None)
        assert self.pool.settled, [(seat.name, seat.state, seat.wanted) for seat in self.pool.seats]
        assert len({seat.index for seat in self.pool.seats}) == self.pool.target
        assert (current := self.pool.generations.current) is not None
        assert current.generation not in self.pool.generations.rejected
        assert not any(self.pool.generations.outdated(seat.generation) for seat in self.pool.seats)
        last = self.pool.rolling.last
        if last is not None and last.phase == "done":
            assert self.pool.generations.floor == last.generation

    # ----------------------------------------------------------------------------------------------------------

    def reconcile(self) -> None:
        before = {one: len(one.asked) for one in Straw.made}
        self.pool.reconcile(self.now)
        asked = sum(len(one.asked) - before.get(one, 0) for one in Straw.made)
        live = sum(seat.live for seat in self.pool.seats)
        surge = self.pool.config.reload.surge(self.pool.target)
        assert not asked or live <= self.pool.target + surge, "a process too many was asked for"

    def boot(self, zygote: Straw, *, well: bool) -> None:
        if well:
            zygote.ready = True
            zygote._events.zygote_ready(zygote)
        else:
            zygote._events.zygote_failed(zygote, "no such module")
            zygote.die()

    def fork(self, zygote: Straw) -> None:
        asked, zygote.asked = zygote.asked, []
        if zygote.pid is None:
            return
        for slot in asked:
            self.pids += 1
            zygote.workers[self.pids] = slot
            self.board.worker(slot).begin(self.pids, 1, zygote.generation)
            zygote._events.worker_forked(zygote, slot, self.pids, -1)

    def workers(self) -> list[tuple[Straw, int, int]]:
        return [(zygote, pid, slot) for zygote in Straw.made for pid, slot in zygote.workers.items()]

    def worker(self, which: int) -> tuple[Straw, int, int] | None:
        workers = self.workers()
        return workers[which % len(workers)] if workers else None

    def state(self, worker: tuple[Straw, int, int]) -> State | None:
        zygote, pid, slot = worker
        seat = self.pool.seats.find(slot, zygote)  # type: ignore[arg-type]  # straw
        return seat.state if seat is not None and seat.pid == pid else None

    def ends(self, zygote: Straw, pid: int, slot: int, signal: int | None) -> None:
        del zygote.workers[pid]
        end = Exit(signal=signal) if signal else Exit(code=0)
        cause, charged = ("signal 11", True) if signal else ("recycled", False)
        if zygote.pid is not None:
            zygote._events.worker_exited(zygote, WorkerExit(slot, pid, end, cause, charged))
        else:
            seat = self.pool.seats.find(slot, zygote)  # type: ignore[arg-type]  # straw
            if seat is not None and seat.pid == pid:
                zygote._events._orphan_ended(seat, end)
        self.reconcile()


class Known:
    """Children of ours: every one is known, none is forgotten."""

    def forget(self, _pid: int) -> None: ...
    def add(self, *_: object, **__: object) -> None: ...
    def __contains__(self, _pid: int) -> bool:
        return True


Pools.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


class TestPools(Pools.TestCase):  # type: ignore[misc, name-defined]
    pytestmark = pytest.mark.timeout(180)
