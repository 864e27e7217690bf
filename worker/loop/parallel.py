"""The work loop of a worker that runs several jobs at once: this thread claims and acknowledges, the crew runs them.

Only as many jobs are claimed as can start at once, so nothing waits here that another worker could run.
"""

import heapq
import logging
import signal
import time
from queue import Empty
from types import FrameType

from engine.clients.engine import StoppedWaiting
from engine.payloads.payload import NO_OPTIONS, decode_options
from engine.store.claims import Claimed
from scoreboard import ENTRIES, ExitReason, WorkerState
from worker.loop.crew import Crew, Work
from worker.loop.station import Station
from worker.run.context import told

log = logging.getLogger(__name__)


class ParallelLoop:
    """Claims for the crew until there is a reason to leave; then waits for what runs. Called by life.py."""

    def __init__(self, station: Station, concurrency: int) -> None:
        self._at = station
        self._places = min(concurrency, ENTRIES)
        if concurrency > ENTRIES:
            log.warning("concurrency %d is more than one process can account for; %d it is", concurrency, ENTRIES)
        self._crew = Crew(self._places, self._ring)
        self._running: dict[int, Work] = {}  # by index in the record
        self._told: list[int] = []  # indexes whose end is in the ledger and not in the store yet
        self._deadlines: list[tuple[int, int, Work]] = []
        self._asleep = False
        self._dry = False  # the last claim brought less than was asked for
        self._rang = False  # the keeper has rung: somebody has cancelled a job

    def run(self) -> ExitReason:
        """Work; returns why it ended."""
        at = self._at
        signal.signal(signal.SIGALRM, self._on_alarm)  # it wakes the poll, too
        reason = None
        try:
            while (reason := at.vigil.reason()) is None:
                self._turn(0 if at.requests.quiet else self._places - len(self._running))
            at.record.set_state(WorkerState.DRAINING)
            while self._running or not at.ledger.empty:
                self._turn(0)
            at.idle.close()
        except StoppedWaiting:
            at.engine.forget()
        at.record.clear()
        at.plans.flush()
        return reason or at.vigil.reason() or ExitReason.DRAINED

    def _turn(self, free: int) -> None:
        at = self._at
        self._take_in()
        if not at.ledger.empty or (free and not self._dry):
            self._exchange(free)
        else:
            self._wait(free)
        self._end_overdue()
        if self._rang:
            self._end_cancelled()

    def _exchange(self, free: int) -> None:
        """Tell what ended, and claim for the free places, in one call."""
        at = self._at
        at.ledger.deliver()
        left = at.vigil.left()
        want = free if left is None else min(free, left)
        want = min(want, at.max_batch)
        at.vigil.holds_work = bool(at.ledger.done)
        if want:
            at.record.set_in_flight(at.engine.next_call)
        call = at.engine.post(
            at.ledger.take(), want, at.order.next(), at.lease, old=at.order.ageing, skip=at.order.skip
        )
        grant = at.engine.collect()
        at.vigil.holds_work = False
        for index in self._told:
            at.record.free(index)
        self._told.clear()
        self._dry = len(grant.jobs) < want
        if grant.lost:
            at.plans.lost(grant.lost, at.order.queues[0])
        if grant.jobs:
            at.plans.waited(grant)
            self._start(grant.jobs, call)
        elif want:
            at.record.set_in_flight(0)
        at.plans.flush()
        at.stand_in.look(grant)

    def _start(self, jobs: list[Claimed], call: int) -> None:
        at, works, refused = self._at, list[Work](), list[Claimed]()
        at.record.set_state(WorkerState.BUSY)
        at.record.set_task(jobs[0].type)
        indexes = at.record.append_many([job[1:5] for job in jobs], call)
        now = time.monotonic_ns()
        for index, job in zip(indexes, jobs, strict=True):
            plan = at.plans.find(job.queue, job.type)
            options = decode_options(job.options) if job.options else NO_OPTIONS
            soft, hard = plan.deadlines(options, now)
            if not at.record.start(index, now, hard):
                at.record.free(index)
                refused.append(job)
                continue
            work = Work(job, plan, options, index, now, soft, at.plans.store_ms(now))
            self._running[index] = work
            if soft and not plan.is_async:
                heapq.heappush(self._deadlines, (soft, id(work), work))
            works.append(work)
        self._crew.start(works)
        at.ledger.release(refused)

    def _take_in(self) -> None:
        """What the crew has finished goes into the ledger."""
        at, ended = self._at, 0
        while True:
            try:
                work = self._crew.finished.get_nowait()
            except Empty:
                break
            self._crew.taken(work)
            if work.error is None:
                at.ledger.completed(work.job, work.plan, work.options, work.result, work.began_ns)
            else:
                at.ledger.failed(work.job, work.plan, work.options, work.error)
            at.record.done(work.index)
            tally = work.plan.tally
            (tally.durations if work.error is None else tally.failures).append(work.ended_ns - work.began_ns)
            del self._running[work.index]
            self._told.append(work.index)
            ended += 1
        if ended:
            at.vigil.count(ended)

    def _wait(self, free: int) -> None:
        at = self._at
        if at.requests.quiet:
            at.record.set_state(WorkerState.QUIET)
        elif not self._running:
            at.record.set_state(WorkerState.IDLE)
        self._asleep = True
        if not self._crew.finished.empty():  # it came before we said that we sleep: nobody will ring
            self._asleep = False
            return
        self._deadlines = [entry for entry in self._deadlines if entry[2].index in self._running]
        heapq.heapify(self._deadlines)
        timeout = None
        if self._deadlines:
            timeout = max(0.0, (self._deadlines[0][0] - time.monotonic_ns()) / 1e9)
        looked = at.idle.wait(listen=free > 0, timeout=timeout)
        self._asleep = False
        if looked:
            self._dry = False

    def _end_overdue(self) -> None:
        now = time.monotonic_ns()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, _, work = heapq.heappop(self._deadlines)
            work.timeout.fire()  # does nothing when its task has ended

    def _end_cancelled(self) -> None:
        self._rang = False
        token = self._at.keeper.cancel
        for work in self._running.values():
            if work.job.token == token and token not in told:
                told.add(token)
                if not self._crew.cancel(work):
                    told.discard(token)  # the keeper will ring again

    def _on_alarm(self, _signal: int, _frame: FrameType | None) -> None:
        self._rang = True

    def _ring(self) -> None:
        """Called by the crew's threads."""
        if self._asleep:
            self._at.requests.wake()
