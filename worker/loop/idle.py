"""How a worker waits for work: blocked on the store's bell, on signals and on the lifeline, using no CPU."""

import logging
import select
from collections.abc import Callable
from typing import Protocol

from engine import StoreDown
from worker.loop.signals import Requests

log = logging.getLogger(__name__)
NAP = 2.0  # s: a wake-up can die with another waiter, so nobody sleeps longer than this
STORM = 0.5  # s between attempts while the store is away


class Bell(Protocol):
    """Rings when a job is enqueued: engine.Bell."""

    def arm(self, timeout: float) -> None: ...  # noqa: D102 - the engine's own words
    def fileno(self) -> int: ...  # noqa: D102 - same
    def ring(self) -> bool: ...  # noqa: D102 - same
    def close(self) -> None: ...  # noqa: D102 - same


class Idle:
    """One waiting place. A bell's connection is made when first needed, and kept."""

    def __init__(self, make_bell: Callable[[], Bell], requests: Requests, lifeline: int | None) -> None:
        self._make_bell = make_bell
        self._requests = requests
        self._lifeline = lifeline
        self._bell: Bell | None = None
        self._armed = False

    def wait(self, *, listen: bool = True, timeout: float | None = None) -> bool:
        """Return when there may be work, when a request came, or after ``timeout`` seconds.

        listen: whether new jobs matter now (a quiet worker only waits for requests). True: look for work.
        """
        poll = select.poll()
        poll.register(self._requests.fileno(), select.POLLIN)
        # Once cut it can be read for ever, and would keep a leaving worker spinning.
        if self._lifeline is not None and not self._requests.orphaned:
            poll.register(self._lifeline, select.POLLIN)
        bell = self._listen() if listen else None
        nap = STORM if listen and bell is None else NAP
        if bell is not None:
            poll.register(bell.fileno(), select.POLLIN)
        nap = nap if timeout is None else min(nap, timeout)
        ready = {fd for fd, _ in poll.poll(int(nap * 1000) + 1)}
        if self._requests.fileno() in ready:
            self._requests.drain()
        if self._lifeline in ready:
            self._requests.orphan()
        if bell is not None and bell.fileno() in ready:
            self._rang(bell)
            return True
        return not ready

    def look_up(self) -> None:
        """Notice without waiting whether the lifeline was cut."""
        if self._lifeline is None or self._requests.orphaned:
            return
        poll = select.poll()
        poll.register(self._lifeline, select.POLLIN)
        if poll.poll(0):
            self._requests.orphan()

    def close(self) -> None:
        """Hang up."""
        bell, self._bell = self._bell, None
        self._armed = False
        if bell is not None:
            bell.close()

    def _listen(self) -> Bell | None:
        try:
            if self._bell is None:
                self._bell = self._make_bell()
            if not self._armed:
                self._bell.arm(NAP)
                self._armed = True
        except StoreDown as error:
            log.debug("no bell: %s", error)
            self.close()
        return self._bell

    def _rang(self, bell: Bell) -> None:
        self._armed = False
        try:
            bell.ring()
        except StoreDown as error:
            log.debug("the bell was lost: %s", error)
            self.close()
