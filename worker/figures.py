"""The queue figures as the supervisor finds them on the scoreboard. Pure."""

from typing import Any

import msgspec

from engine import StoreFigures
from engine.calls import Depths

Blob = dict[str, Any]


def blob(depths: Depths | None, store: StoreFigures | None, last: Blob) -> Blob:
    """What is published: ``up``, ``memory``, ``memory_limit``, ``swept_at``, ``queues`` and ``rescued`` by queue, and
    the queues with ``alarms``.

    While the store is away (None) the last figures stand, with ``up`` false.
    """
    if depths is None:
        return {**last, "up": False}
    return {
        "up": True,
        "memory": store.memory if store else 0,
        "memory_limit": store.memory_limit if store else 0,
        "swept_at": depths.swept_at,
        "alarms": store.alarms if store else [],
        "queues": {name: msgspec.to_builtins(figures) for name, figures in depths.queues.items()},
        "rescued": {name: figures.rescued for name, figures in depths.queues.items()},
    }
