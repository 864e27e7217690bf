"""The work loop of a worker that runs one job at a time.

    collect k+1 <------------------------------ one call is always in flight while jobs are short
    |  record: claim(k+1)
    |  post: acknowledge k, claim k+2 ------->  the store works ...
    |  run k+1: start, task, done, start, ...   ... while we do
    +--collect k+2 <--------------------------

Long jobs are claimed one by one, with nothing in flight. No job costs a system call of its own.
"""

import time

from engine.clients.engine import StoppedWaiting
from engine.payloads.payload import NO_OPTIONS, decode_options
from engine.store.claims import Claimed
from scoreboard import ENTRIES, ExitReason, WorkerState
from worker.loop.batch import TARGET_NS, BatchSize
from worker.loop.station import Station
from worker.run.executor import Executor
from worker.run.kin import passed
from worker.run.lateness import refuse_late


class WorkLoop:
    """Claims, runs and acknowledges until there is a reason to leave. Called by life.py in the main thread."""

    def __init__(self, station: Station, executor: Executor) -> None:
        self._at = station
        self._executor = executor
        self._size = BatchSize(min(station.max_batch, ENTRIES // 2))
        self._call = 0  # the claim call that the newest jobs in hand came with
        self._carried = False  # whether jobs in hand were recorded in an earlier batch
        self._revoked = False

    def run(self) -> ExitReason:
        """Work; returns why it ended. What is not started then is given back, what is done is acknowledged."""
        at, jobs = self._at, list[Claimed]()
        reason = None
        try:
            while (reason := at.vigil.reason()) is None:
                if at.requests.quiet:
                    jobs = self._rest(jobs)
                elif jobs or (jobs := self._claim()):
                    jobs = self._turn(jobs)
                else:
                    at.record.set_state(WorkerState.IDLE)
                    at.idle.wait()
            at.record.set_state(WorkerState.DRAINING)
            self._leave(jobs)
        except StoppedWaiting:
            at.engine.forget()
        return reason or at.vigil.reason() or ExitReason.DRAINED

    def _claim(self) -> list[Claimed]:
        """Acknowledge what is done and claim, strictly in turn: for long jobs, and when there was nothing to do."""
        self._post(self._want(0))
        jobs = self._collect()
        if not jobs:
            self._at.record.set_in_flight(0)
            self._at.record.clear()
        return jobs

    def _turn(self, jobs: list[Claimed]) -> list[Claimed]:
        """Run one batch; returns the jobs in hand afterwards."""
        at = self._at
        if not self._recorded(jobs):
            return []
        if self._size.short or at.ledger.done:
            self._post(self._want(len(jobs)) if self._size.short else 0)
        ran = self._run(jobs)
        fresh = self._collect() if at.engine.in_flight else []
        at.plans.flush()
        at.ledger.deliver()
        left = jobs[ran:]
        if self._revoked:
            self._revoked = False
            # The keeper gives them back, too; saying it twice does no harm, and should it die nothing is forgotten.
            at.ledger.release(left)
            left = []
        self._carried = bool(left)
        return self._bearable(left + fresh)

    def _recorded(self, jobs: list[Claimed]) -> bool:
        """Write the batch down for the keeper. False: it took jobs back that were carried over; all go back."""
        at = self._at
        before = at.record.batch if self._carried else 0
        at.record.claim([job[1:5] for job in jobs], time.monotonic_ns(), self._call)
        at.record.set_state(WorkerState.BUSY)
        at.record.set_task(jobs[0].type)
        self._call = 0
        # Look after writing: either the keeper sees the new batch and leaves it alone, or we see what it revoked.
        if self._carried and at.keeper.revoked().batch == before:
            self._carried = False
            at.record.clear()
            at.ledger.release(jobs)
            return False
        return True

    def _run(self, jobs: list[Claimed]) -> int:
        """Run jobs in order until the batch's time is up or the loop is wanted elsewhere; how many were run."""
        at = self._at
        record, requests, ledger, engine_run = at.record, at.requests, at.ledger, self._executor.run
        begin = now = time.monotonic_ns()
        end, ran = begin + TARGET_NS, 0
        for job in jobs:
            if requests.hold or now > end:
                break
            plan = at.plans.find(job.queue, job.type)
            options = decode_options(job.options) if job.options else NO_OPTIONS
            soft, hard = plan.deadlines(options, now) if job.options or plan.soft_ns or plan.hard_ns else (0, 0)
            if not record.start(ran, now, hard):
                self._revoked = True
                break
            try:
                if options is not NO_OPTIONS or job.attempts:
                    refuse_late(job, plan.policy, options, at.plans.store_ms(now))
                    plan.refuse_newer(options)
                result = engine_run(plan, job, passed(job.id) if options.pr else job.payload, soft)
            except BaseException as error:  # noqa: BLE001 - SystemExit too is only a failed attempt
                ledger.failed(job, plan, options, error)
                spent = plan.tally.failures
            else:
                ledger.completed(job, plan, options, result, now)
                spent = plan.tally.durations
            record.done(ran)
            ran += 1
            then = time.monotonic_ns()
            spent.append(then - now)
            now = then
        at.vigil.count(ran)
        self._size.observe(ran, now - begin)
        return ran

    def _post(self, want: int) -> None:
        at = self._at
        at.vigil.holds_work = bool(at.ledger.done)
        if want:  # before it is sent: from then on the store may have granted jobs to us
            at.record.set_in_flight(at.engine.next_call)
        at.engine.post(at.ledger.take(), want, at.order.next(), at.lease, old=at.order.ageing, skip=at.order.skip)

    def _collect(self) -> list[Claimed]:
        at = self._at
        call = at.engine.in_flight
        at.vigil.holds_work = at.vigil.holds_work or not at.ledger.empty
        grant = at.engine.collect()
        at.vigil.holds_work = not at.ledger.empty
        if grant.jobs:
            self._call = call
            at.plans.waited(grant)
        if grant.lost:
            at.plans.lost(grant.lost, at.order.queues[0])
        at.stand_in.look(grant)
        return grant.jobs

    def _want(self, held: int) -> int:
        left = self._at.vigil.left()
        want = min(self._size.size, ENTRIES - held)
        return want if left is None else max(1, min(want, left - held))

    def _bearable(self, jobs: list[Claimed]) -> list[Claimed]:
        """Give back, from the end, what would wait too long behind the others."""
        surplus = self._size.surplus(len(jobs))
        if not surplus:
            return jobs
        kept = jobs[: len(jobs) - surplus]
        self._at.ledger.release(jobs[len(kept) :])
        return kept

    def _rest(self, jobs: list[Claimed]) -> list[Claimed]:
        """Quiet: hold nothing, wait to be told otherwise."""
        self._leave(jobs)
        self._at.record.set_state(WorkerState.QUIET)
        self._at.idle.wait(listen=False)
        self._call, self._carried = 0, False
        return []

    def _leave(self, jobs: list[Claimed]) -> None:
        at = self._at
        at.vigil.holds_work = not at.ledger.empty or bool(jobs)
        at.ledger.close()
        at.ledger.release(jobs)
        at.vigil.holds_work = False
        at.record.set_in_flight(0)
        at.record.clear()
        at.plans.flush()
