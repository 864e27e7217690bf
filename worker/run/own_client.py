"""The client through which running jobs speak to the store themselves: one a process, made when first asked for."""

import threading
from typing import NamedTuple

from engine.clients.client import Client
from engine.entrance.carrier import Carrying


class _Place(NamedTuple):
    url: str
    namespace: str
    incarnation: int
    carrying: Carrying


class OwnClient:
    """Where the store is, and this worker's incarnation there; the work loop's own connection is never touched."""

    def __init__(self) -> None:
        self._place: _Place | None = None
        self._client: Client | None = None
        self._lock = threading.Lock()

    def post(self, url: str, namespace: str, incarnation: int, carrying: Carrying | None = None) -> None:
        """This process is that worker now, and packs payloads so."""
        self._place, self._client = _Place(url, namespace, incarnation, carrying or {}), None

    @property
    def incarnation(self) -> int:
        """Under which jobs are claimed here.

        Raises:
            RuntimeError: no worker runs here.
        """
        return self._posted().incarnation

    def client(self) -> Client:
        """The client; thread safe.

        Raises:
            RuntimeError: no worker runs here.
        """
        place = self._posted()
        with self._lock:
            if self._client is None:
                self._client = Client(place.url, namespace=place.namespace, **place.carrying)
            return self._client

    def _posted(self) -> _Place:
        if self._place is None:
            raise RuntimeError("this needs the store, and no worker runs here")
        return self._place


own_client = OwnClient()
