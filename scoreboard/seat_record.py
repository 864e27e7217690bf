"""What the supervisor says of one slot: who sits there, since when, what it wants, how the last one ended.

Writer: the supervisor (or the standalone zygote). Readers: zygote, keeper, gateway, `python -m scoreboard`.
Every field is one word: `seat.state = SeatState.RUNNING`. Times are monotonic nanoseconds.
"""

from typing import NamedTuple

from scoreboard.causes import Death
from scoreboard.fields import Choice, Number, Record
from scoreboard.layout import Seat
from scoreboard.states import Cause, Intent, SeatState

__all__ = ["Intent", "SeatRecord", "SeatSnapshot", "SeatState"]


class SeatSnapshot(NamedTuple):
    """A copy of a SeatRecord, word by word; two fields may be one step apart."""

    pool: int
    generation: int
    state: SeatState
    pid: int
    since_ns: int
    restarts: int
    cause: Cause
    intent: Intent
    rss: int
    exit_code: int | None
    exit_signal: int | None


class SeatRecord(Record):
    """The supervisor's words about one slot."""

    __slots__ = ()

    pool = Number(Seat.POOL)
    generation = Number(Seat.GENERATION)
    state = Choice(Seat.STATE, SeatState)
    pid = Number(Seat.PID)
    since_ns = Number(Seat.SINCE_NS)
    restarts = Number(Seat.RESTARTS)
    cause = Choice(Seat.CAUSE, Cause)
    intent = Choice(Seat.INTENT, Intent)
    rss = Number(Seat.RSS)

    def assign(self, pool: int, generation: int) -> None:
        """Give the slot to a pool; everything else begins anew."""
        for word in range(Seat.EXIT_SIGNAL + 1):
            self._words[word] = 0
        self.pool = pool
        self.generation = generation

    def enter(self, state: SeatState, now_ns: int) -> None:
        """Change the state and the time it has lasted since."""
        self.since_ns = now_ns
        self.state = state

    def record_death(self, death: Death) -> None:
        """Keep how the last process in the slot ended; there is no pid any more."""
        self.pid = 0
        self._words[Seat.EXIT_CODE] = 0 if death.code is None else (death.code & 0xFFFF) + 1
        self._words[Seat.EXIT_SIGNAL] = death.signal or 0
        self.cause = death.cause

    def snapshot(self) -> SeatSnapshot:
        """Copy the record, from any process."""
        code = self._words[Seat.EXIT_CODE]
        return SeatSnapshot(
            self.pool,
            self.generation,
            self.state,
            self.pid,
            self.since_ns,
            self.restarts,
            self.cause,
            self.intent,
            self.rss,
            code - 1 if code else None,
            self._words[Seat.EXIT_SIGNAL] or None,
        )
