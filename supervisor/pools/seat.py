"""One place for one worker: its life cycle, its signals, its record on the scoreboard."""

import math
import os
import random
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from scoreboard import (
    STACK_SIGNAL,
    STACK_WAIT_S,
    Board,
    Cause,
    Death,
    ExitReason,
    Intent,
    SeatState,
    WorkerSnapshot,
    WorkerState,
    decide,
)
from supervisor.pools.judgement import judged
from supervisor.pools.legacy import Legacy
from supervisor.pools.seat_handover import KeptSeat
from supervisor.pools.zygote import WorkerExit, Zygote
from supervisor.processes.child import is_dead, send
from supervisor.processes.children import Exit
from supervisor.services.restart import History, Life, Policy, after_crash
from supervisor.services.states import LIVE, Event, State, after

# A worker in one of these has booted: it reached the store and can take jobs.
_UP = frozenset({WorkerState.IDLE, WorkerState.BUSY, WorkerState.QUIET})
# Ends that are no failure: the next worker comes at once and no crash is counted.
_PEACEFUL = frozenset({Cause.RECYCLED, Cause.DRAINED, Cause.CANCELLED})
_DRAINS = frozenset({Intent.DRAIN, Intent.RECYCLE})
SCALE = "scale"  # the reason of those that leave without a successor
_WISHES: Mapping[ExitReason, str] = MappingProxyType(
    {ExitReason.RECYCLE_JOBS: "jobs", ExitReason.RECYCLE_MEMORY: "memory", ExitReason.RECYCLE_AGE: "age"}
)
_POLICY = Policy(base=0.25, cap=15.0)


class Seat(KeptSeat):
    """Duties: ask for a worker, know its pid through a pidfd, drain or kill it, judge its end.

    The pool decides when; the seat knows how. `wanted` is the pool's goal for it; once it is False it stays so.
    """

    def __init__(
        self, slot: int, index: int, name: str, pool_number: int, board: Board, *, taken_over: bool = False
    ) -> None:
        self.slot = slot  # on the scoreboard
        self.index = index  # in the pool
        self.name = name
        self.wanted = True
        self.replaces: int | None = None  # slot of the seat whose worker goes when this one's runs
        self.trial = False  # it is the canary of a rollout
        self.reason = ""  # why its worker was told to leave: jobs, age, memory, reload, keeper lost, scale
        self.last_reason = ""  # the same of its predecessor
        self.state = State.STOPPED
        self.since = time.monotonic()
        self.due = math.inf
        self.pid: int | None = None
        self.zygote: Zygote | None = None
        self.restarts = 0
        self.last_death: Death | None = None
        self.over_budget = False
        self.untold = False  # its zygote died before it answered: somebody may sit here whom we do not know
        self._pidfd = -1
        self._launched = 0.0
        self._asked = False  # for its stacks
        self._history = History()
        self._number = pool_number
        self._board = board
        self._record = board.seat(slot)
        self._worker = board.worker(slot)
        if not taken_over:
            self._record.assign(pool_number, 0)
            self._enter(State.STOPPED, self.since)

    @property
    def generation(self) -> int:
        """The generation of the worker that sits here, 0 when none ever did."""
        return self.zygote.generation if self.zygote else 0

    @property
    def keeper_lost(self) -> bool:
        """Whether nobody extends its worker's leases any more."""
        return self.zygote is not None and self.zygote.keeper_lost

    @property
    def succeeded(self) -> bool:
        """Whether it left for a successor."""
        return self.reason not in ("", SCALE)

    @property
    def wish(self) -> str:
        """Why its worker wants to be replaced; "" when it does not."""
        return _WISHES.get(self._worker.wish_of(self.pid or -1), "")

    @property
    def activity(self) -> WorkerState:
        """What its worker says it is doing; EMPTY when there is none."""
        seen = self.own_words()
        return seen.state if seen else WorkerState.EMPTY

    def kinds(self) -> frozenset[str]:
        """Which kinds of failure its worker has met."""
        return self._worker.kinds_of(self.pid or -1)

    @property
    def live(self) -> bool:
        """Whether a process is, or may be, here."""
        return self.state in LIVE

    def snapshot(self) -> WorkerSnapshot:
        """Copy what the worker says of itself."""
        return self._worker.snapshot()

    def own_words(self) -> WorkerSnapshot | None:
        """Copy what this very worker says of itself; None while it has not taken the record over."""
        seen = self.snapshot()
        return seen if self.pid is not None and seen.pid == self.pid else None

    def launch(self, zygote: Zygote, output: int, now: float) -> None:
        """Ask a zygote for a worker."""
        self._move(Event.LAUNCH, now)
        self._launched = now
        self._asked = False
        self.due = math.inf
        self.zygote = zygote
        self._record.generation = zygote.generation
        self._record.intent = Intent.NONE
        zygote.fork(self.slot, self.index, output)

    def forked(self, pid: int, pidfd: int) -> None:
        """Take the worker that was asked for; the pidfd is ours."""
        self.pid, self._pidfd = pid, pidfd
        self._record.pid = pid
        if self.state is State.DRAINING:
            # The goal changed while it was being forked.
            send(pidfd, signal.SIGTERM if self._record.intent in _DRAINS else signal.SIGKILL)

    def look(self, now: float) -> bool:
        """See whether a starting worker has booted; True when it just has."""
        if self.state is not State.STARTING:
            return False
        # Of hundreds that start at once each is looked at again and again: two words will do.
        pid, state = self._board.worker(self.slot).glance()
        if self.pid is None or pid != self.pid or state not in _UP:
            return False
        self._move(Event.UP, now)
        return True

    def drain(self, now: float, timeout: float, intent: Intent) -> None:
        """Have the worker finish and leave; it is killed after `timeout` seconds (infinite: never)."""
        if self.state not in (State.STARTING, State.RUNNING):
            return
        self._record.intent = intent
        self._move(Event.STOP, now)
        self.due = now + timeout
        self.signal(signal.SIGTERM)

    def dismiss(self, now: float, timeout: float, reason: str) -> None:
        """Want it no more: its worker finishes and leaves, within `timeout` seconds."""
        self.wanted, self.trial, self.replaces = False, False, None
        self.reason = self.reason or reason
        self.drain(now, timeout, Intent.DRAIN if reason == SCALE else Intent.RECYCLE)

    def hasten(self, due: float) -> None:
        """See that a worker that is leaving has left by then."""
        if self.state is State.DRAINING and self._record.intent in _DRAINS:
            self.due = min(self.due, due)

    def legacy(self) -> Legacy:
        """What its successor goes on with."""
        return Legacy(self.restarts, self.last_death, self.reason, self._history)

    def inherit(self, legacy: Legacy) -> None:
        """Go on in the place of another."""
        self.restarts += legacy.restarts
        self.last_death = self.last_death or legacy.last_death
        self.last_reason = legacy.last_reason
        self._history = legacy.history if self._history == History() else self._history
        if self.zygote is not None:
            self.count_restart()  # it has been launched already; otherwise its launch is counted

    def stop(self, now: float) -> None:
        """Take an empty seat out of service."""
        if self.state in (State.BACKOFF, State.EXITED, State.FATAL):
            self._move(Event.STOP, now)
            self.due = math.inf

    def kill(self, now: float, intent: Intent) -> None:
        """Kill the worker; the intent is written first, so that its jobs are not charged."""
        if self.state in (State.STARTING, State.RUNNING):
            self._move(Event.STOP, now)
        self._record.intent = intent
        self.due = math.inf
        self.signal(signal.SIGKILL)

    def ask_for_stacks(self, now: float) -> bool:
        """Ask a worker that is to be killed where it hangs; True when the kill is to wait until `due` for that."""
        if self._asked or self._pidfd < 0:
            return False
        self._asked = True
        self.due = now + STACK_WAIT_S
        with suppress(OSError):
            signal.pidfd_send_signal(self._pidfd, STACK_SIGNAL)
        return True

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal through the pidfd; False when nobody is there."""
        return self._pidfd >= 0 and send(self._pidfd, number)

    def is_corpse(self) -> bool:
        """Tell whether the worker has ended, whoever may know how."""
        return self._pidfd >= 0 and is_dead(self._pidfd)

    def awaits_fork(self) -> bool:
        """Tell whether its zygote was asked for a worker and has not answered."""
        return self.live and self.pid is None

    def judge(self, end: Exit, told: WorkerExit | None) -> Death:
        """Say why it died. The zygote's word counts where there is one: it knows of out-of-memory kills."""
        intent = self._record.intent
        by_keeper = self._board.keeper(self.slot).cause_of(self.pid or 0)
        seen = self.own_words()
        reason = seen.exit_reason if seen else ExitReason.NONE
        return judged(end, told, decide(end.code, end.signal, intent, by_keeper, exit_reason=reason))

    def died(self, death: Death, now: float) -> None:
        """Take the end of the worker; answers are given by state and `due`."""
        seen = self.own_words()
        worked = seen is not None and seen.jobs_done > 0
        self.last_death = death
        self.pid = None
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1
        self._record.record_death(death)
        self._record.rss = 0
        self.due = math.inf
        if self.state is State.DRAINING or death.cause in _PEACEFUL:
            self._move(Event.ENDED, now)
            return
        chance = random.random()  # noqa: S311  spreads restarts, guards nothing
        life = Life(ended=now, lived=now - self._launched, worked=worked)
        verdict = after_crash(self._history, _POLICY, life, chance)
        self._history, self.over_budget = verdict.history, verdict.over_budget
        self._move(Event.CRASHED, now)
        self.due = now + verdict.delay

    def count_restart(self) -> None:
        """Count a worker that follows another."""
        self.restarts += 1
        self._record.restarts = self.restarts

    def measured(self, rss: int) -> None:
        """Keep the worker's resident memory, bytes."""
        self._record.rss = rss

    def vacate(self) -> None:
        """Give the slot back."""
        self._record.assign(self._number, 0)

    def _move(self, event: Event, now: float) -> None:
        self._enter(after(self.state, event), now)

    def _enter(self, state: State, now: float) -> None:
        self.state = state
        self.since = now
        self._record.enter(SeatState[state.name], int(now * 1e9))
