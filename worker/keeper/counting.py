"""Tells the store what this host's workers have counted: the charts' source.

The workers' counters stand on the scoreboard and only grow, whoever sits in a slot. What is told is their sum over all
slots, and the store counts what is new in it: so nothing is counted twice or lost when a worker, a keeper or a reply
is, and it does not matter who tells. One keeper of a host does, the one that holds a lock on the board's memory; the
kernel gives it up with its process.
"""

import fcntl
import hashlib
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from engine.charts.counting import LOT, Keep, Runs, Told, Waits, count
from engine.charts.vector import pack
from engine.clients.engine import Engine
from engine.errors import StoreFull
from scoreboard import Board, SeriesKind, Sum, sums

log = logging.getLogger(__name__)
YOUNG_NS: Final = 900 * 10**9  # a board younger than this has told all it has, or none of it
READINGS: Final = 10  # of an outage: one a minute
_BUSY_PART: Final = 50  # a reading may take one part in so many of the time between two

Rows = dict[str, bytes]


class Counting:
    """Of one keeper, in its clerk's thread.

    Args:
        board: the scoreboard. interval: seconds between two readings. keep: for how long the store keeps charts.
        clock_ns: monotonic nanoseconds.
    """

    def __init__(
        self, board: Board, interval: float, keep: Keep, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._board = board
        self._name = _name(board)
        self._interval_ms = round(interval * 1000)
        self._keep = keep
        self._clock_ns = clock_ns
        self._leads = False
        self._ahead_ms: int | None = None  # of the store's clock over ours
        self._slot = -1  # which interval the last reading was of
        self._rest_until_ns = 0
        self._readings: list[
            tuple[int, Rows]
        ] = []  # (ms by the store's clock, 0 = not known; what was counted by then)
        self._told: Rows = {}
        self._full = False

    def look(self, *, last: bool = False) -> bool:
        """Read the counters when it is time; whether there is something to tell. `last`: now, and whoever leads."""
        now_ns = self._clock_ns()
        at_ms = now_ns // 1_000_000 + (self._ahead_ms or 0)
        slot = at_ms // self._interval_ms
        if not last and (slot == self._slot or now_ns < self._rest_until_ns or not self._lead()):
            return bool(self._readings)
        # What was counted since the last reading was nearly all counted before this interval began.
        stamp = slot * self._interval_ms - 1 if slot == self._slot + 1 and not last else at_ms
        self._slot = slot
        reading = (stamp if self._ahead_ms is not None else 0, rows(sums(self._board)))
        if self._readings and self._readings[-1][0] // 60_000 == reading[0] // 60_000:
            self._readings.pop()  # counters only grow: the newer has it all
        self._readings = [*self._readings, reading][-READINGS:]
        self._rest_until_ns = now_ns + (self._clock_ns() - now_ns) * _BUSY_PART
        return True

    def tell(self, engine: Engine) -> None:
        """Tell the store, the oldest reading first; what could not be told is told the next time.

        Raises:
            StoreDown, EngineError: as they say.
        """
        while self._readings:
            at_ms, found = self._readings[0]
            try:
                self._say(engine, at_ms, found)
            except StoreFull:
                if not self._full:
                    log.warning("the store is full: nothing joins the charts until it has room again")
                self._full = True
                self._readings.clear()  # the next reading has all that this one has
                return
            self._full = False
            self._readings.pop(0)

    def _say(self, engine: Engine, at_ms: int, found: Rows) -> None:
        new = {name: packed for name, packed in found.items() if self._told.get(name) != packed}
        if not self._lots(engine, at_ms, new, begin=False):
            # Another store, or one that forgot: what it should have known is not to appear in one minute.
            self._lots(engine, at_ms, found, begin=True)
        self._told = found

    def _lots(self, engine: Engine, at_ms: int, new: Mapping[str, bytes], *, begin: bool) -> bool:
        names = list(new)
        young = self._clock_ns() - self._board.created_ns < YOUNG_NS
        for start in range(0, max(1, len(names)), LOT):
            lot = {name: new[name] for name in names[start : start + LOT]}
            said = count(self._name, lot, begin=begin, young=young, at_ms=at_ms, keep=self._keep)
            told: Told = engine.run(said)
            self._ahead_ms = told.now_ms - self._clock_ns() // 1_000_000
            if told.grew is None:
                return False
        return True

    def _lead(self) -> bool:
        if not self._leads:
            try:
                fcntl.lockf(self._board.fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1)
            except OSError:
                return False
            self._leads = True
        return True


def rows(found: Mapping[tuple[SeriesKind, str, str], Sum]) -> Rows:
    """The sums of a host's counters as the store takes them: packed counts by name of series. Pure."""
    told: Rows = {}
    for (kind, queue, type_), total in found.items():
        if kind is SeriesKind.WAITS:
            if total.count:
                told["w" + queue] = pack(_waits(total))
        else:
            told[f"j{queue}\t{type_}"] = pack(_runs(total))
    return told


def _waits(total: Sum) -> dict[int, int]:
    histogram = dict(enumerate(total.runs, Waits.HISTOGRAM))
    return {Waits.STARTED: total.count, Waits.WAITED_US: total.sum_ns // 1000, Waits.LATE: total.late, **histogram}


def _runs(total: Sum) -> dict[int, int]:
    ends = total.outcomes
    return {
        Runs.DONE: ends["completed"],
        Runs.FAILED: ends["retried"] + ends["dead"] + ends["crashed"],
        Runs.DEAD: ends["dead"],
        Runs.CRASHED: ends["crashed"],
        Runs.ENDED: ends["discarded"] + ends["expired"] + ends["cancelled"],
        Runs.RUN_US: total.sum_ns // 1000,
        Runs.FAILED_US: total.failed_ns // 1000,
        **dict(enumerate(total.runs, Runs.HISTOGRAM)),
        **dict(enumerate(total.failed, Runs.FAILED_HISTOGRAM)),
    }


def _name(board: Board) -> str:
    """A name that no other board has: of another host, another boot, or another start of the supervisor."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    known = boot.read_text("ascii").strip() if boot.exists() else ""
    words = (socket.gethostname(), known, board.created_ns, board.creator_pid, os.fstat(board.fd).st_ino)
    return hashlib.blake2b(repr(words).encode(), digest_size=8).hexdigest()
