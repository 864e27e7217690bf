"""Jobs of 5 to 200 ms that arrive steadily."""

import random
import threading
import time
from collections.abc import Callable

RATE = 50.0  # a second; 8 workers end at most 78


class Load:
    """Calls ``offer`` with a job's number and seconds, RATE times a second from a thread, until it is told to stop."""

    def __init__(self, offer: Callable[[int, float], None]) -> None:
        self.offered = 0
        self._offer = offer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        """Offer no more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        chance, due = random.Random(7), time.monotonic()
        while not self._stop.is_set():
            self._offer(self.offered, chance.uniform(0.005, 0.2))
            self.offered += 1
            due += 1 / RATE
            time.sleep(max(0.0, due - time.monotonic()))
