"""The instances of a program started anew, one after the other, so that not all are away at once."""

import logging
import math
from collections import deque
from collections.abc import Callable, Sequence

from supervisor.services.service import Service
from supervisor.services.states import State

log = logging.getLogger(__name__)

_RELOOK_S = 0.05
_UNDER_WAY = frozenset({State.STARTING, State.DRAINING, State.STOPPED})


class Rota:
    """Duties: restart each that may be, the next one when the last runs again, or has shown that it cannot.

    What an operator has stopped, and what waits for one (FATAL), is left alone. So is a one-shot that still runs: its
    work is not to be broken off by a clock; one that has ended is started again.
    """

    def __init__(self, services: Callable[[], Sequence[Service]]) -> None:
        self._services = services
        self._waiting: deque[Service] = deque()
        self._under_way: Service | None = None
        self._cause = ""

    def ask(self, cause: str) -> None:
        """Want all to be started anew. Asked again meanwhile: those that wait stay in front, or they would for ever."""
        self._cause = cause
        self._waiting += [service for service in self._services() if service not in self._waiting]

    def reconcile(self, now: float) -> float:
        """Go on as far as possible; answer when to look again."""
        while self._waiting or self._under_way is not None:
            if self._under_way is not None and _under_way(self._under_way):
                return now + _RELOOK_S
            self._under_way = None
            if self._waiting:
                service = self._waiting.popleft()
                if self._restart(service, now):
                    self._under_way = service
        return math.inf

    def _restart(self, service: Service, now: float) -> bool:
        if not service.wanted or service.state in (State.FATAL, State.DRAINING, State.STOPPED):
            return False
        if service.rule.restart == "never" and service.child is not None:
            log.info("%s: still at work, not started anew (%s)", service.name, self._cause)
            return False
        if service.state is State.EXITED and service.last_exit in service.rule.final:
            return False
        log.info("%s: started anew (%s)", service.name, self._cause)
        service.restart(now, self._cause)
        return True


def _under_way(service: Service) -> bool:
    return service.wanted and service.state in _UNDER_WAY
