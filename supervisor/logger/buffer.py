"""A queue between two threads that is bounded in bytes and never makes the putting side wait."""

import threading
from collections import defaultdict, deque

Chunk = tuple[str, bytes]


class BoundedBuffer:
    """Chunks of bytes by file name. One thread puts, one takes.

    When it is full a chunk is dropped and counted; the count of each file is handed to the taking side once
    there is room again, so that the file itself can tell what it lacks.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._chunks: deque[Chunk] = deque()
        self._size = 0
        self._lost: dict[str, int] = defaultdict(int)
        self._closed = False
        self._poked = False
        self._changed = threading.Condition()
        self._ended = threading.Event()

    def put(self, name: str, data: bytes) -> bool:
        """Add a chunk; False when it was dropped."""
        with self._changed:
            if self._closed or self._size + len(data) > self._limit:
                self._lost[name] += len(data)
                return False
            self._chunks.append((name, data))
            self._size += len(data)
            self._changed.notify()
            return True

    def take(self, timeout: float | None = None) -> tuple[list[Chunk], dict[str, int]] | None:
        """Wait for something; answer all chunks and the bytes lost before them by name. None: closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._chunks or self._closed or self._poked, timeout)
            self._poked = False
            if self._closed and not self._chunks and not self._lost:
                return None
            chunks, lost = list(self._chunks), dict(self._lost)
            self._chunks.clear()
            self._lost.clear()
            self._size = 0
            return chunks, lost

    def poke(self) -> None:
        """Make the taking side look up once, even if there is nothing to take."""
        with self._changed:
            self._poked = True
            self._changed.notify()

    def close(self) -> None:
        """No more puts; the taking side gets the rest and then None."""
        with self._changed:
            self._closed = True
            self._ended.set()
            self._changed.notify_all()

    def rest(self, seconds: float) -> None:
        """The taking side waits while chunks gather; not when nothing more can come."""
        self._ended.wait(seconds)
