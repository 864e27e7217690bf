"""Waiting for jobs' ends: the scripts that end a watched job publish its id; whoever waits listens. No polling."""

import select
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

from engine import calls, keys
from engine.calls import Call, text
from engine.connection import open_connection, translated
from engine.errors import StoreDown

PAUSE = 0.2  # between two attempts to listen while the store is away
CHUNK = 1000


class Listener:
    """One subscription on a connection of its own; use it as a context."""

    def __init__(self, url: str, namespace: str) -> None:
        self._url = url
        self._channel = keys.base(namespace) + ":done"
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def wait(self, ids: Sequence[str], deadline: float, run: Callable[[Call[list[str]]], list[str]]) -> set[str]:
        """The ids among these that ended before `deadline` (monotonic seconds); `run` sends the watch.

        Raises:
            StoreDown: the store was away to the end.
        """
        open_ids, ended = set(ids), set[str]()
        while open_ids and time.monotonic() < deadline:
            try:
                self._listen()
                left = max(0.05, deadline - time.monotonic())
                for start in range(0, len(ids), CHUNK):
                    chunk = [i for i in ids[start : start + CHUNK] if i in open_ids]
                    ended.update(run(calls.watch(chunk, left)) if chunk else ())
                open_ids -= ended
                while open_ids and (job := self._next(deadline)):
                    if job in open_ids:
                        open_ids.discard(job)
                        ended.add(job)
            except StoreDown:
                self._close()
                if time.monotonic() + PAUSE >= deadline:
                    raise
                time.sleep(PAUSE)
        return ended

    def _listen(self) -> None:
        if self._connection is not None:
            return
        connection: Any = open_connection(self._url, 5.0)
        with translated():
            connection.connect()
            connection.send_command("SUBSCRIBE", self._channel)
            connection.read_response()
        self._connection = connection

    def _next(self, deadline: float) -> str | None:
        """The next id that was told, or None at the deadline."""
        while (left := deadline - time.monotonic()) > 0:
            with translated():
                if not self._connection.can_read(0) and not select.select([self._connection._sock], [], [], left)[0]:  # noqa: SLF001 - no public name
                    return None
                message = self._connection.read_response()
            if message[0] == b"message":
                return text(message[2])
        return None

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()
