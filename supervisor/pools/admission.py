"""Are there workers to be that the memory has no room for? By what those that run were measured to take.

A worker's own memory (USS) is what another one like it will add; the rest it shares with its zygote.
"""

import logging
import math
from collections.abc import Callable, Mapping
from typing import Any

from scoreboard.memory import private
from supervisor.pools.capacity import Memory, memory
from supervisor.pools.pool import Pool
from supervisor.services.states import State
from supervisor.shell.render import size

log = logging.getLogger(__name__)

_FRESH_S = 10.0
_SAMPLES = 3


class Admission:
    """Duties: measure workers, say how many there can be, look once at what the file asks for.

    Of a pool with `admission: refuse` one worker is started first, and the others when it is known what one takes.
    """

    def __init__(self, measure: Callable[[int], int] = private, memory: Callable[[], Memory | None] = memory) -> None:
        self._measure = measure
        self._memory = memory
        self._measured: dict[str, tuple[float, int]] = {}
        self._judged: set[str] = set()
        self._held: dict[str, int] = {}  # how many a pool wants whose first worker is not measured yet

    def save(self) -> dict[str, Any]:
        """Answer which pools were looked at, and which wait, for the supervisor that follows in this process."""
        return {"judged": sorted(self._judged), "held": self._held}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Know it again."""
        self._judged, self._held = set(saved["judged"]), dict(saved["held"])

    @property
    def pending(self) -> bool:
        """Whether some pool has not got its number yet."""
        return bool(self._held)

    def footprint(self, pool: Pool, now: float) -> int:
        """Bytes that another worker will take: the most of some that run; 0 when none runs."""
        at, found = self._measured.get(pool.name, (-math.inf, 0))
        if now < at + _FRESH_S and found:
            return found
        running = [seat.pid for seat in pool.seats if seat.state is State.RUNNING and seat.pid is not None]
        found = max(map(self._measure, running[:_SAMPLES]), default=0)
        self._measured[pool.name] = now, found
        return found

    def most(self, pool: Pool, now: float, there: Memory | None, ceiling: float = math.inf) -> float:
        """How many workers there can be in all below `ceiling` bytes in use; infinite where nothing is known."""
        each = self.footprint(pool, now)
        if there is None or not each:
            return math.inf
        # Those that are to come have not taken their memory yet.
        coming = max(0, pool.target - pool.seats.running) * each
        room = min(there.limit, ceiling) - there.used - coming
        return max(0, pool.target + math.floor(room / each))

    def objection(self, pool: Pool, asked: int, now: float) -> str:
        """Say why so many workers do not fit; "" when they do."""
        there = self._memory()
        most = self.most(pool, now, there)
        if asked <= pool.target or asked <= most or there is None:
            return ""
        each = self.footprint(pool, now)
        more = asked - pool.seats.running
        return (
            f"{asked} workers of pool {pool.name} do not fit into memory: {more} more take about {size(each)} each, "
            f"{size(more * each)} in all, and {size(there.free)} of {size(there.limit)} are free: "
            f"at most {int(max(most, pool.target))}"
        )

    def look(self, pools: list[Pool], now: float) -> None:
        """Judge once for each pool what the file asks for, as soon as one of its workers can be measured."""
        for pool in pools:
            if pool.config.admission == "off" or pool.stopped or pool.name in self._judged:
                continue
            if pool.config.admission == "refuse" and pool.name not in self._held and not pool.seats.running:
                self._held[pool.name] = pool.desired
                pool.scale(min(1, pool.desired))
            if pool.seats.running:
                self._judge(pool, now)

    def _judge(self, pool: Pool, now: float) -> None:
        self._judged.add(pool.name)
        wanted = self._held.pop(pool.name, pool.desired)
        # What those that are still to come would need: the target itself is not taken for granted.
        there, each = self._memory(), self.footprint(pool, now)
        room = pool.seats.running + there.free // each if there and each else wanted
        if wanted <= room:
            if pool.desired < wanted:
                pool.scale(wanted)
            return
        text = f"pool {pool.name}: there is memory for about {room} of {wanted} workers ({size(each)} each)"
        if pool.config.admission == "refuse":
            log.error(
                "%s: no more are started; set `instances` or `max_memory_restart` lower, or give more memory", text
            )
            pool.scale(int(room))
        else:
            log.warning("%s; `admission: refuse` would start no more than that", text)
