"""Queue figures from the scoreboard: each pool's keeper writes those of its queues, the freshest word counts."""

import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scoreboard import Board

STALE_S = 60.0
"""What a keeper read longer ago says nothing of now: its pool was stopped, or the store is away."""


class Punctuality(NamedTuple):
    """A schedule. Epoch seconds: its last success (0 = never), since when its times count; and its longest rest, s."""

    success: float = 0.0
    since: float = 0.0
    paused: bool = False
    period: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What the keepers say of the store and its queues."""

    up: bool = False
    memory: int = 0
    memory_limit: int = 0
    swept_at: float = 0.0  # epoch seconds of the janitor's last sweep, 0 when unknown
    queues: dict[str, dict[str, Any]] = field(default_factory=dict)
    rescued: dict[str, int] = field(default_factory=dict)
    alarms: frozenset[str] = frozenset()  # queues with too many dead letters, whichever pool serves them
    new_groups: dict[str, int] = field(default_factory=dict)  # of dead letters, since the beginning; likewise
    schedules: dict[str, Punctuality] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()  # queues of which the last word is too old
    fresh: bool = True  # whether the last word about the store is not
    read_at: tuple[float, ...] = ()  # by pool number: epoch seconds when its keeper last read the store, 0 = never


def queue_figures(board: Board, pools: int) -> Figures:
    """Read what the keepers of the first `pools` pools have written."""
    records = [board.figures(number) for number in range(pools)]
    return merged([(record.written_ns, record.read()) for record in records], time.time())


def merged(said: list[tuple[int, Any]], now: float) -> Figures:
    """Join what several keepers said, each with the time of writing. Pure; nonsense is passed over.

    now: epoch seconds.
    """
    known = sorted((pair for pair in said if isinstance(pair[1], dict)), key=lambda pair: pair[0])
    queues: dict[str, dict[str, Any]] = {}
    rescued: dict[str, int] = {}
    groups: dict[str, int] = {}
    stale: dict[str, bool] = {}
    for _, value in known:
        # Later words overwrite earlier ones, queue by queue.
        queues.update({name: one for name, one in _dict(value, "queues").items() if isinstance(one, dict)})
        stale.update(dict.fromkeys(_dict(value, "queues"), _stale(value, now)))
        for counts, key in ((rescued, "rescued"), (groups, "new_groups")):
            # Counts since the beginning, read from the store: two keepers mean the same ones.
            for name, count in _dict(value, key).items():
                counts[name] = max(counts.get(name, 0), int(count))
    last = known[-1][1] if known else {}
    return Figures(
        up=bool(last.get("up")),
        memory=int(last.get("memory") or 0),
        memory_limit=int(last.get("memory_limit") or 0),
        swept_at=max((float(value.get("swept_at") or 0) for _, value in known), default=0.0),
        queues=queues,
        rescued=rescued,
        alarms=frozenset(name for name in last.get("alarms") or () if isinstance(name, str)),
        new_groups=groups,
        schedules={name: _punctuality(words) for name, words in _dict(last, "schedules").items()},
        stale=frozenset(name for name, old in stale.items() if old),
        fresh=not _stale(last, now),
        read_at=tuple(float(value.get("read_at") or 0) if isinstance(value, dict) else 0.0 for _, value in said),
    )


def _stale(value: dict[str, Any], now: float) -> bool:
    return now - float(value.get("read_at") or now) > STALE_S


def _punctuality(words: Any) -> Punctuality:
    if not isinstance(words, list) or len(words) != len(Punctuality._fields):
        return Punctuality(float(words or 0) if isinstance(words, float | int) else 0.0)  # of the last release's keeper
    success, since, paused, period = words
    return Punctuality(float(success), float(since), bool(paused), float(period))


def _dict(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
