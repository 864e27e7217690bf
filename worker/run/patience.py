"""The store being away is weather: wait, look up now and then whether one is to leave, and go on."""

import logging
from collections.abc import Callable
from typing import TypeVar

from engine import StoreDown
from engine.clients.engine import StoppedWaiting

log = logging.getLogger(__name__)
T = TypeVar("T")
FIRST, LONGEST = 0.05, 1.0  # s


class Patience:
    """Repeats a call until the store answers. wait: waits so many seconds, and says whether to go on."""

    def __init__(self, wait: Callable[[float], bool]) -> None:
        self._wait = wait

    def __call__(self, call: Callable[[], T]) -> T:
        """What ``call`` returns, once the store answers.

        Raises:
            StoppedWaiting: the store is away and there is nothing left worth waiting for; what is still held goes
                back by its lease.
        """
        wait, away = FIRST, False
        while True:
            try:
                result = call()
            except StoreDown as error:
                if not away:
                    log.warning("the store is away, waiting for it: %s", error)
                away = True
                if not self._wait(wait):
                    raise StoppedWaiting(str(error)) from error
            else:
                if away:
                    log.info("the store is back")
                return result
            wait = min(LONGEST, wait * 2)
