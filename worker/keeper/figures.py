"""The queue figures as the supervisor finds them on the scoreboard."""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from engine import StoreFigures
from engine.clients.engine import Engine
from engine.schedules.schedule import Success, successes
from engine.store.calls import Depths

Blob = dict[str, Any]

SCHEDULES = 200  # at most so many are told of: the record has 64 KiB


class Look(NamedTuple):
    """What the store said, and when (epoch seconds by our clock); `successes` by schedule."""

    depths: Depths
    store: StoreFigures
    successes: dict[str, Success]
    at: float


def look(engine: Engine, queues: Sequence[str]) -> Look:
    """Ask the store.

    Raises:
        StoreDown: it is away.
    """
    return Look(engine.figures(queues), engine.store(), engine.run(successes(SCHEDULES)), time.time())


def blob(seen: Look | None, last: Blob) -> Blob:
    """What is published: ``up``, ``memory``, ``memory_limit``, ``swept_at``, ``queues``, ``rescued`` by queue, queues
    with ``alarms``, ``new_groups`` by queue, and the ``schedules``: each with its last success, since when it counts,
    whether it is paused, its longest rest in seconds. ``read_at``: when the store said so. Pure.

    While the store is away (None) the last figures stand, with ``up`` false.
    """
    if seen is None:
        return {**last, "up": False}
    depths, store, said, at = seen
    return {
        "up": True,
        "memory": store.memory,
        "memory_limit": store.memory_limit,
        "swept_at": depths.swept_at,
        "alarms": store.alarms,
        "new_groups": store.new_groups,
        "queues": {name: msgspec.to_builtins(figures) for name, figures in depths.queues.items()},
        "rescued": {name: figures.rescued for name, figures in depths.queues.items()},
        "schedules": {name: _told(one, at) for name, one in said.items()},
        "read_at": at,
    }


def _told(one: Success, now: float) -> list[float]:
    from engine.schedules.period import longest_gap  # brings the cron library along; most herds have no schedules

    return [one.at, one.since, int(one.paused), longest_gap(one.times, now)]
