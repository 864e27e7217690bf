"""The free sessions of a client, lent to one thread at a time. Safe in threads and in forks."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from engine.store.session import Incoming, Session


class Sessions:
    """Made as many as are used at once; kept open for the next."""

    def __init__(self, url: str, namespace: str, timeout: float, incoming: Incoming | None = None) -> None:
        self._url = url
        self._namespace = namespace
        self._timeout = timeout
        self._incoming = incoming
        self._free: list[Session] = []
        self._lock = threading.Lock()
        _all.add(self)

    @contextmanager
    def held(self) -> Iterator[Session]:
        """One for this thread; closed when what is done with it raises, for a reply may still be under way."""
        with self._lock:
            session = self._free.pop() if self._free else None
        session = session or Session(self._url, self._namespace, timeout=self._timeout, incoming=self._incoming)
        try:
            yield session
        except BaseException:
            session.close()
            raise
        with self._lock:
            self._free.append(session)

    def close(self) -> None:
        """Closes those that are free."""
        with self._lock:
            free, self._free = self._free, []
        for session in free:
            session.close()

    def after_fork(self) -> None:
        """In the child: its parent's sockets are not its own, and the lock may be held by a thread it does not have."""
        self._free = []
        self._lock = threading.Lock()


_all: WeakSet[Sessions] = WeakSet()


def _after_fork() -> None:
    for sessions in list(_all):
        sessions.after_fork()


os.register_at_fork(after_in_child=_after_fork)
