"""The keeper's own dealings with the store, in a thread of their own.

A call to a store that is away may hang for seconds, and hard timeouts must not wait for that: so the keeper's main
thread never calls the store, and this one never looks at a worker. What can be made up later (extensions, figures) is
replaced by its newest version; what must not be lost (deaths) waits in line.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from engine import EngineError, StoreDown, WorkerInfo
from engine.clients.engine import Engine
from engine.store.calls import Settled
from worker.keeper.counting import Counting
from worker.keeper.figures import Look, look
from worker.processes.messages import Message

log = logging.getLogger(__name__)
_WEATHER_PAUSE = 0.5  # s
_SHORT = 0.9  # of the store's memory: from there on nothing is written for charts
_STALE = 0.1  # s after which a give-back is not done any more: the keeper looks again


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Give back ``leases``; and what the worker's calls up to ``unread`` granted (0 = none), but for ``keep``.

    still: asked right before; False = the worker has moved on.
    """

    incarnation: int
    leases: Sequence[str]
    unread: int
    keep: Sequence[str]
    still: Callable[[], bool]
    asked: float = field(default_factory=time.monotonic)


class Clerk:
    """Started once; ``close`` lets it finish what must not be lost, for a while.

    on_settled(the order, what became of the jobs), on_figures (None: the store is away) and on_extended(the ids of jobs
    that were asked to stop; None: it did not work) are called in the clerk's thread.
    """

    def __init__(
        self,
        engine: Engine,
        queues: Sequence[str],
        *,
        lease: float,
        max_crashes: int,
        on_settled: Callable[[Message, Settled], None],
        on_figures: Callable[[Look | None], None],
        on_extended: Callable[[Sequence[str] | None], None],
        counting: Counting | None = None,
    ) -> None:
        self._engine = engine
        self._queues = list(queues)
        self._lease = lease
        self._max_crashes = max_crashes
        self._on_settled = on_settled
        self._on_figures = on_figures
        self._on_extended = on_extended
        self._wake = threading.Condition()
        self._deaths: deque[Message] = deque()
        self._give_backs: deque[GiveBack] = deque()
        self._extension: tuple[list[WorkerInfo], list[str]] | None = None
        self._figures_wanted = False
        self._counting = counting  # None once it has told the last
        self._counts_wanted = False
        self._short = False  # of memory
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="keeper-clerk", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def settle(self, death: Message) -> None:
        """A worker is dead: give back what it held. Done for certain, in order."""
        with self._wake:
            self._deaths.append(death)
            self._wake.notify()

    def give_back(self, order: GiveBack) -> None:
        """Soon or not at all."""
        with self._wake:
            self._give_backs.append(order)
            self._wake.notify()

    def extend(self, workers: list[WorkerInfo], leases: list[str]) -> None:
        """These live and hold these; a newer word replaces an older one. Figures are made along with it."""
        with self._wake:
            self._extension = (workers, leases)
            self._figures_wanted = self._counts_wanted = True
            self._wake.notify()

    def close(self, timeout: float) -> bool:
        """Finish; False when deaths are left that could not be settled within ``timeout`` seconds."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        away = False
        while (work := self._next()) is not None:
            try:
                work()
            except StoreDown as error:
                if not away:
                    log.warning("the store is away; leases are extended when it is back: %s", error)
                away = True
                if self._counting:
                    self._counting.look()  # so that what was counted meanwhile comes into its minutes
                self._on_figures(None)
                time.sleep(_WEATHER_PAUSE)
            except EngineError:
                log.exception("the store refused")
                time.sleep(_WEATHER_PAUSE)
            except Exception:
                # A keeper without its clerk would watch leases lapse; a new keeper does better.
                log.exception("an error of ours")
                os._exit(1)
            else:
                if away:
                    log.info("the store is back")
                away = False

    def _next(self) -> Callable[[], None] | None:
        """What to do now, the most urgent first; None at the end."""
        with self._wake:
            while True:
                # Extensions come first: after an outage every lease is about to lapse.
                if self._extension:
                    extension, self._extension = self._extension, None
                    return lambda: self._extend(*extension)
                if self._deaths:
                    return self._settle
                if self._give_backs:
                    order = self._give_backs.popleft()
                    return lambda: self._give_back(order)
                if self._figures_wanted:
                    self._figures_wanted = False
                    return self._figures
                if self._counts_wanted:
                    self._counts_wanted = False
                    return self._count
                if self._closing:
                    return self._count_last if self._counting else None
                self._wake.wait()

    def _extend(self, workers: list[WorkerInfo], leases: list[str]) -> None:
        cancels: Sequence[str] | None = None
        try:
            cancels = self._engine.extend(workers, leases, self._lease).cancels
        finally:
            self._on_extended(cancels)

    def _figures(self) -> None:
        seen = look(self._engine, self._queues)
        self._short = 0 < seen.store.memory_limit * _SHORT < seen.store.memory
        self._on_figures(seen)

    def _count(self) -> None:
        if self._counting and not self._short and self._counting.look():
            self._counting.tell(self._engine)

    def _count_last(self) -> None:
        counting, self._counting = self._counting, None
        if counting and not self._short and counting.look(last=True):
            counting.tell(self._engine)

    def _settle(self) -> None:
        death = self._deaths[0]
        incarnation = int(death["incarnation"], 16)
        settled = self._engine.settle(
            incarnation,
            str(death["cause"]),
            list(death["started"]),
            charged=bool(death["charged"]),
            max_crashes=self._max_crashes,
            stack=str(death.get("stack", "")),
        )
        self._deaths.popleft()
        if any(settled[:3]):
            log.info(
                "worker %s (%s): %d jobs given back, %d charged, %d buried",
                death.get("slot"),
                death["cause"],
                *settled[:3],
            )
        self._on_settled(death, settled)

    def _give_back(self, order: GiveBack) -> None:
        if time.monotonic() - order.asked > _STALE or not order.still():
            return
        if order.leases:
            self._engine.release(order.leases)
        if order.unread and order.still():
            self._engine.give_back(order.incarnation, order.unread, order.keep)
