"""The queue figures as the supervisor finds them on the scoreboard."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from engine import StoreFigures
from engine.calls import Depths
from engine.engine import Engine
from engine.schedule import successes

Blob = dict[str, Any]

SCHEDULES = 200  # at most so many are told of: the record has 64 KiB


class Look(NamedTuple):
    """What the store said; `successes`: schedule -> when its job last succeeded, epoch seconds, 0 = never."""

    depths: Depths
    store: StoreFigures
    successes: dict[str, float]


def look(engine: Engine, queues: Sequence[str]) -> Look:
    """Ask the store.

    Raises:
        StoreDown: it is away.
    """
    return Look(engine.figures(queues), engine.store(), engine.run(successes(SCHEDULES)))


def blob(seen: Look | None, last: Blob) -> Blob:
    """What is published: ``up``, ``memory``, ``memory_limit``, ``swept_at``, ``queues``, ``rescued`` by queue, queues
    with ``alarms``, ``new_groups`` by queue, and the ``schedules`` with their last successes. Pure.

    While the store is away (None) the last figures stand, with ``up`` false.
    """
    if seen is None:
        return {**last, "up": False}
    depths, store, said = seen
    return {
        "up": True,
        "memory": store.memory,
        "memory_limit": store.memory_limit,
        "swept_at": depths.swept_at,
        "alarms": store.alarms,
        "new_groups": store.new_groups,
        "queues": {name: msgspec.to_builtins(figures) for name, figures in depths.queues.items()},
        "rescued": {name: figures.rescued for name, figures in depths.queues.items()},
        "schedules": said,
    }
