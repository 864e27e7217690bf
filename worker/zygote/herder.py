"""The boss of a zygote that has no supervisor: keeps so many workers alive, and lets them go when told to."""

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from scoreboard import Board, Intent, SeatState
from worker.processes.messages import Message
from worker.zygote.boss import EXIT, Order

log = logging.getLogger(__name__)
FIRST, LONGEST = 0.1, 30.0  # s before a worker that died early is replaced
STEADY = 5.0  # s of life after which a death is no sign of trouble
_PEACEFUL = ("drained", "recycled")


def comeback(deaths: int) -> float:
    """Seconds to wait before the next try after so many early deaths in a row. Pure."""
    return 0.0 if deaths == 0 else min(LONGEST, FIRST * 2.0 ** min(deaths - 1, 20))


@dataclass(slots=True)
class Seat:
    """One slot: its process, when it is to be forked (monotonic seconds), and early deaths in a row."""

    due: float = 0.0
    pidfd: int = -1
    born: float = 0.0
    deaths: int = 0


@dataclass(slots=True)
class Herder:
    """TERM, INT: drain all, then leave; a second one kills. TSTP and CONT are passed on.

    drain_timeout in seconds, from the first TERM to KILL.
    """

    board: Board
    instances: int
    drain_timeout: float
    generation: int = 1
    clock: Callable[[], float] = time.monotonic
    seats: dict[int, Seat] = field(default_factory=dict)
    _stops: int = 0
    _deadline: float = 0.0
    _exit_ordered: bool = False

    def __post_init__(self) -> None:
        """All seats are due at once."""
        for slot in range(self.instances):
            self.seats[slot] = Seat()
            self.board.seat(slot).assign(0, self.generation)

    def readable(self) -> list[int]:
        """Nothing: orders come by time and by signals."""
        return []

    def orders(self) -> list[Order]:
        """Fork what is due; when stopping, see to the deadline."""
        now = self.clock()
        if self._stops:
            if now >= self._deadline:
                self._signal_all(signal.SIGKILL, Intent.KILL_AFTER_DRAIN)
                self._deadline = now + 1.0
            if self._exit_ordered:
                return []
            self._exit_ordered = True
            return [Order(EXIT)]
        due = [slot for slot, seat in self.seats.items() if seat.pidfd < 0 and 0 <= seat.due <= now]
        for slot in due:
            self.seats[slot].due = -1.0  # until we hear of it
            self.board.seat(slot).enter(SeatState.STARTING, time.monotonic_ns())
        return [Order({"op": "fork", "slot": slot, "index": slot}) for slot in due]

    def tell(self, event: Message, fds: tuple[int, ...] = ()) -> None:
        """Keep the books."""
        match event.get("event"):
            case "ready":
                log.info("tasks: %s", ", ".join(event["tasks"]))
            case "forked":
                self._forked(event, fds[0])
            case "exit":
                self._ended(event)

    def due_in(self) -> float | None:
        """Until the next fork or the drain's deadline."""
        now = self.clock()
        if self._stops:
            return max(0.0, self._deadline - now)
        waits = [seat.due - now for seat in self.seats.values() if seat.pidfd < 0 and seat.due >= 0]
        return max(0.0, min(waits)) if waits else None

    def signalled(self, number: int) -> None:
        """What a signal to the zygote means for the workers."""
        if number in (signal.SIGTERM, signal.SIGINT):
            self._stops += 1
            if self._stops == 1:
                log.info("stopping: workers finish what has started")
                self._deadline = self.clock() + self.drain_timeout
                self._signal_all(signal.SIGTERM, Intent.DRAIN)
            else:
                self._signal_all(signal.SIGKILL, Intent.KILL_NOW)
        elif number == signal.SIGQUIT:
            self._stops += 1
            self._deadline = self.clock() + self.drain_timeout
            self._signal_all(signal.SIGKILL, Intent.KILL_NOW)
        elif number in (signal.SIGTSTP, signal.SIGCONT):
            self._signal_all(number, None)

    def _forked(self, event: Message, pidfd: int) -> None:
        slot = event["slot"]
        seat = self.seats[slot]
        seat.pidfd, seat.born, seat.due = os.dup(pidfd), self.clock(), -1.0
        record = self.board.seat(slot)
        record.pid, record.intent = event["pid"], Intent.NONE
        record.enter(SeatState.RUNNING, time.monotonic_ns())
        if self._stops:
            self._signal_all(signal.SIGTERM, Intent.DRAIN)

    def _ended(self, event: Message) -> None:
        slot, cause = event["slot"], event["cause"]
        seat, record = self.seats[slot], self.board.seat(slot)
        if seat.pidfd >= 0:
            os.close(seat.pidfd)
        early = self.clock() - seat.born < STEADY and cause not in _PEACEFUL
        seat.deaths = seat.deaths + 1 if early else 0
        wait = comeback(seat.deaths)
        seat.pidfd, seat.due = -1, self.clock() + wait
        record.pid, record.restarts = 0, record.restarts + 1
        record.enter(SeatState.STOPPED if self._stops else SeatState.BACKOFF, time.monotonic_ns())
        say = log.info if cause in _PEACEFUL else log.warning
        held = f", while it ran job {event['job']}" if event["job"] else ""
        say("worker %d (pid %d) ended: %s%s", slot, event["pid"], cause, held)

    def _signal_all(self, number: int, intent: Intent | None) -> None:
        for slot, seat in self.seats.items():
            if seat.pidfd >= 0:
                if intent is not None:
                    # Written before the signal, so that the death that follows is not taken for a crash.
                    self.board.seat(slot).intent = intent
                signal.pidfd_send_signal(seat.pidfd, signal.Signals(number))
