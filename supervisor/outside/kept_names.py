"""Which names have series of their own: names come from whoever enqueues, and each costs Prometheus memory."""

from collections.abc import Iterable
from typing import TypeVar

from scoreboard import OTHER

T = TypeVar("T")

MOST_TYPES = 500
"""Pairs of a queue and a type with series of their own."""

MOST_QUEUES = 200
"""Queues with series of their own, besides those of the config."""


class KeptNames:
    """The first so many names that come are kept for good; all that come later are one, `(other)`.

    For good, because a counter that changed its series would go back: it lives as long as the supervisor does.
    """

    def __init__(self, types: int = MOST_TYPES, queues: int = MOST_QUEUES) -> None:
        self._most_types, self._most_queues = types, queues
        self._types: set[tuple[str, str]] = set()
        self._queues: set[str] = set()
        self._always: set[str] = set()

    def always(self, queues: Iterable[str]) -> None:
        """Those of the config have series whatever else comes."""
        self._always.update(queues)

    def type(self, queue: str, kind: str) -> tuple[str, str]:
        """The labels under which a type in a queue is counted."""
        return (queue, kind) if _kept((queue, kind), self._types, self._most_types) else (OTHER, OTHER)

    def queue(self, name: str) -> str:
        """The label under which a queue is counted."""
        return name if name in self._always or _kept(name, self._queues, self._most_queues) else OTHER


def _kept(name: T, known: set[T], most: int) -> bool:
    if name not in known and len(known) < most:
        known.add(name)
    return name in known
