"""The keeper of one pool generation: watches over its workers from a process that runs no task.

main thread, every 25 to 100 ms   hard timeouts, jobs that wait behind a long one, deaths, memory; never the store
clerk thread                      the store: extensions and beats, settlements, give-backs, figures
wire                              the zygote: whom to watch, who has died and why
"""

import contextlib
import logging
import os
import secrets
import select
import signal
import socket
import time
from collections.abc import Sequence
from typing import NamedTuple

from engine import WorkerInfo
from engine.charts.counting import Keep
from engine.clients.engine import Engine
from engine.store.calls import Settled
from scoreboard import (
    OUTCOMES,
    REVOKE_WAIT_S,
    STACK_SIGNAL,
    Cause,
    KeeperRecord,
    WorkerRecord,
    WorkerSnapshot,
    unstarted,
)
from scoreboard.memory import tree_size
from scoreboard.processes import ProcessTable
from worker.keeper import watch
from worker.keeper.cancels import KILL, Cancels
from worker.keeper.clerk import Clerk, GiveBack
from worker.keeper.counting import Counting
from worker.keeper.dooms import Dooms
from worker.keeper.figures import Blob, Look, blob
from worker.loop.recycle import HARD_FACTOR, too_large
from worker.processes.messages import BadMessage, Closed, Message, Wire
from worker.processes.obituary import lease_of
from worker.processes.posting import Posting

log = logging.getLogger(__name__)
BUSY_TICK, CALM_TICK, STACK_TICK, SECOND = 0.025, 0.1, 0.01, 1.0
_FAREWELL = 2.0  # s for the last settlements
_TIMEOUT = 3.0  # s for one reply of the store


class Ward(NamedTuple):
    """One worker under watch."""

    slot: int
    pid: int
    pidfd: int
    record: WorkerRecord
    own: KeeperRecord


class Keeper:
    """Lives as long as there is a zygote or a worker of its generation."""

    def __init__(self, posting: Posting, wire: Wire) -> None:
        self._posting = posting
        self._wire: Wire | None = wire
        self._wards: dict[int, Ward] = {}  # by pid
        self._host = socket.gethostname()
        self._settled: list[str] = []
        self._extended_ok = True
        self._cancels = Cancels()
        self._second = 0.0
        self._processes = ProcessTable()
        self._figures: Blob = {}
        self._dooms = Dooms()
        self._taken_back: dict[int, tuple[int, int]] = {}  # slot -> (batch, call)
        self._lease_ns = int(posting.lease * 1e9)
        # Short leases need more than a word a second; half of what watch.leases_due allows.
        self._period = max(0.05, min(SECOND, posting.lease / (2 * watch.EXTEND_AT)))
        self._rang, self._ring = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        incarnation = secrets.randbits(63) | 1
        self._clerk = Clerk(
            Engine(posting.url, posting.namespace, incarnation=incarnation, timeout=_TIMEOUT),
            posting.pool.queues,
            lease=posting.lease,
            max_crashes=posting.max_crashes,
            on_settled=self._on_settled,
            on_figures=self._on_figures,
            on_extended=self._on_extended,
            counting=_counting(posting),
        )

    def run(self) -> int:
        """Watch; returns the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTSTP, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # it leaves when there is nobody left to watch
        self._clerk.start()
        tick = CALM_TICK
        while self._wire or self._wards:
            self._wait(tick)
            self._listen()
            self._confirm()
            tick = self._look()
        return 0 if self._clerk.close(_FAREWELL) else 1

    # --- the clerk's thread ---

    def _on_settled(self, death: Message, settled: Settled) -> None:
        if 0 <= (slot := int(death.get("slot", -1))) < self._posting.board.slots:
            table = self._posting.board.aftermath(slot)  # made anew: the last keeper may have counted there meanwhile
            for end in settled.ends:
                if end.outcome in OUTCOMES and end.type:
                    table.row(end.queue, end.type).add(**{end.outcome: 1})
        self._settled.append(str(death["incarnation"]))
        with contextlib.suppress(BlockingIOError):
            os.write(self._ring, b"\0")

    def _on_figures(self, seen: Look | None) -> None:
        self._figures = blob(seen, self._figures)
        try:
            self._posting.board.figures(self._posting.pool_number).publish(self._figures)
        except ValueError as error:
            log.warning("the queues' figures cannot be shown: %s", error)

    def _on_extended(self, cancels: Sequence[str] | None) -> None:
        self._extended_ok = cancels is not None
        if cancels is not None:
            self._cancels.ask(cancels)

    # --- the main thread ---

    def _wait(self, tick: float) -> None:
        poll = select.poll()
        poll.register(self._rang, select.POLLIN)
        if self._wire:
            poll.register(self._wire.fileno(), select.POLLIN)
        for ward in self._wards.values():
            poll.register(ward.pidfd, select.POLLIN)
        by_fd = {ward.pidfd: ward for ward in self._wards.values()}
        for fd, _ in poll.poll(int(tick * 1000)):
            if fd == self._rang:
                os.read(self._rang, 4096)
            elif fd in by_fd:  # it has ended; the zygote says how, and what to settle
                ward = by_fd[fd]
                del self._wards[ward.pid]
                self._dooms.lift(ward.pid)
                os.close(ward.pidfd)

    def _listen(self) -> None:
        while self._wire:
            try:
                received = self._wire.receive()
            except BadMessage as error:
                log.error("the zygote sent what is no message: %s", error)  # noqa: TRY400 - no trace helps
                continue
            except Closed:
                self._wire.close()
                self._wire = None
                return
            if received is None:
                return
            message, fds = received
            if message.get("op") == "watch" and fds:
                board, slot = self._posting.board, message["slot"]
                self._wards[message["pid"]] = Ward(slot, message["pid"], fds[0], board.worker(slot), board.keeper(slot))
            elif message.get("op") == "settle":
                self._clerk.settle(message)

    def _confirm(self) -> None:
        while self._settled and self._wire:
            try:
                self._wire.send({"event": "settled", "incarnation": self._settled.pop(0)})
            except Closed:
                self._wire = None

    def _look(self) -> float:
        """One turn over all workers; seconds until the next."""
        now, tick = time.monotonic_ns(), CALM_TICK
        seen: list[tuple[Ward, WorkerSnapshot]] = []
        for ward in self._wards.values():
            snapshot = ward.record.snapshot()
            if snapshot.pid != ward.pid:  # forked, and has not taken its record over yet
                continue
            seen.append((ward, snapshot))
            if watch.overdue(snapshot, now):
                self._doom(ward, Cause.HARD_TIMEOUT)
                continue
            if self._cancels.asked and self._cancel(ward, snapshot, now):
                continue
            if self._dooms.stands(ward.pid, Cause.MEMORY_LIMIT):
                self._doom(ward, Cause.MEMORY_LIMIT)
                continue
            self._dooms.lift(ward.pid)  # its job has ended before the kill: nobody hangs
            found = watch.overstay(snapshot, now)
            if found and self._taken_back.get(ward.slot) != (found.batch, found.call):
                self._take_back(ward, snapshot.incarnation, found)
            if watch.crowded(snapshot):
                tick = BUSY_TICK
        if time.monotonic() - self._second >= self._period:
            self._second = time.monotonic()
            self._each_second(seen, now)
        return STACK_TICK if self._dooms else tick

    def _take_back(self, ward: Ward, incarnation: int, found: watch.Overstay) -> None:
        """Forbid the starts, wait until the word has been seen, then give back what has not started."""
        ward.own.revoke(found.batch, found.from_index)
        if found.call:
            ward.own.revoke_through(found.call, incarnation)
        time.sleep(REVOKE_WAIT_S)
        after = ward.record.snapshot()
        leases = [lease_of(entry, incarnation) for entry in unstarted(after, ward.own.revoked())]

        def still() -> bool:
            present = ward.record.snapshot()
            return (present.batch, present.in_flight) == (found.batch, found.call)

        unread = found.call if still() else 0
        if not leases and not unread:
            return
        self._taken_back[ward.slot] = (found.batch, found.call)
        given = set(leases)
        keep = [lease for lease in watch.leases_held(after) if lease not in given]
        self._clerk.give_back(GiveBack(incarnation, leases, unread, keep, still))

    def _cancel(self, ward: Ward, snapshot: WorkerSnapshot, now: int) -> bool:
        """Tell the worker when it runs a job that was cancelled; True when its time is over and it was killed."""
        token = self._cancels.turn(snapshot, now)
        if token == KILL:
            self._doom(ward, Cause.CANCELLED)
        elif token:
            ward.own.cancel = token
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(ward.pidfd, signal.SIGALRM)
        return token == KILL

    def _doom(self, ward: Ward, cause: Cause) -> None:
        """Ask for the stacks of a worker that is to be killed; the kill comes a moment later, come what may."""
        now = time.monotonic()
        if self._dooms.begin(ward.pid, cause, now):
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(ward.pidfd, STACK_SIGNAL)
        elif self._dooms.due(ward.pid, now):
            self._kill(ward, cause)

    def _kill(self, ward: Ward, cause: Cause) -> None:
        # The reason is written before the signal, so that whoever reaps it finds it.
        ward.own.record_kill(ward.pid, cause)
        log.warning("killing worker %d (pid %d): %s", ward.slot, ward.pid, cause.name.lower().replace("_", " "))
        try:
            signal.pidfd_send_signal(ward.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _each_second(self, seen: list[tuple[Ward, WorkerSnapshot]], now: int) -> None:
        self._cancels.forget(snapshot for _, snapshot in seen)
        limit = self._posting.pool.max_memory_restart
        if limit:
            self._processes.refresh()
        for ward, _ in seen:
            if limit and too_large(tree_size(ward.pid, self._processes, HARD_FACTOR * limit), limit):
                self._doom(ward, Cause.MEMORY_LIMIT)
            if self._extended_ok:
                ward.own.extended(now)
            else:
                ward.own.extend_failed()
        leases = [lease for _, snapshot in seen for lease in watch.leases_due(snapshot, now, self._lease_ns)]
        self._clerk.extend([self._info(ward, snapshot) for ward, snapshot in seen], leases)

    def _info(self, ward: Ward, snapshot: WorkerSnapshot) -> WorkerInfo:
        wall, now = time.time(), time.monotonic_ns()
        job, started_ns = watch.running_job(snapshot)
        return WorkerInfo(
            incarnation=f"{snapshot.incarnation:x}",
            host=self._host,
            pid=ward.pid,
            pool=self._posting.pool.name,
            slot=ward.slot,
            generation=snapshot.generation,
            state=snapshot.state.name.lower(),
            job=job,
            type=snapshot.task if job else None,
            since=wall - (now - started_ns) / 1e9 if job else None,
            jobs_done=snapshot.jobs_done,
            started_at=wall - (now - snapshot.started_at_ns) / 1e9,
            beat_at=wall - (now - snapshot.beat_ns) / 1e9,
            queues=tuple(self._posting.pool.queues),
        )


def _counting(posting: Posting) -> Counting | None:
    said = posting.config.series
    keep = Keep(said.minutes, said.tens, said.hours)
    return Counting(posting.board, said.interval, keep) if said.enabled else None
