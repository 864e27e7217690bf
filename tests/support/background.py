"""Something that goes on in a thread while a test does something else."""

import threading
from abc import ABC, abstractmethod
from typing import Self


class Background(ABC):
    """Runs between `with` and its end."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self._thread = threading.Thread(target=self.run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._thread.join()

    @abstractmethod
    def run(self) -> None:
        """Go on until `over` is set."""
