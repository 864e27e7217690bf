"""The alarm: says when a queue's dead letters are too many, when they are not any more, and when jobs begin to die of
something new; when a queue has parked jobs, and when not any more. What was said is remembered in the store, so any
number of janitors says it once.
"""

import logging
from collections.abc import Callable
from typing import Protocol, TypeVar

from engine.dead import alarm as verbs
from engine.dead.alarm import Group, Memory
from engine.dead.graveyard import Position
from engine.store import keys
from engine.store.calls import Call, Depths
from engine.store.question import Question
from janitor.duty import Pass

T = TypeVar("T")

INTERVALS = 5
"""The alarm's pace in janitor intervals."""

_log = logging.getLogger(__name__)


class AlarmingEngine(Protocol):
    """The part of `engine.clients.engine.Engine` that this duty calls."""

    def figures(self) -> Depths:
        """How deep all queues are."""
        ...

    def run(self, call: Call[T]) -> T:
        """One call."""
        ...

    def ask(self, question: Question[T]) -> T:
        """One question."""
        ...


class Alarm:
    """Duty: too many dead letters, or new ones -> a log line, a mark for the metrics, a webhook. Parked jobs -> a log
    line and a webhook, when a queue gets some; a line when it has none any more.

    Args:
        engine: the janitor's connection to the store.
        interval: the janitor's interval in seconds; the alarm looks every `INTERVALS` of them.
        limit: dead letters of a queue that raise its alarm, 0 = never; asked for every queue there is.
        url: where webhooks go; None = nowhere.
        namespace: of the store.
    """

    name = "alarm"

    def __init__(
        self,
        engine: AlarmingEngine,
        interval: float,
        limit: Callable[[str], int],
        url: str | None = None,
        namespace: str = "default",
    ) -> None:
        self.interval = interval * INTERVALS
        self._engine = engine
        self._limit = limit
        self._url = url
        self._base = keys.base(namespace)

    def run_once(self) -> Pass:
        """Look at every queue once, at a bounded number of its dead letters."""
        memory = self._engine.ask(verbs.memory(self._base))
        told, more = 0, False
        for name, depth in self._engine.figures().queues.items():
            told += self._cross(name, depth.dead, memory) + self._park(name, depth.parked, memory)
            if depth.dead:
                new, rest = self._look(name, memory.looked.get(name))
                told, more = told + new, more or rest
        return Pass(told, 0.0 if more else None)

    def _cross(self, queue: str, dead: int, memory: Memory) -> int:
        limit = self._limit(queue)
        over = not limit or dead < verbs.over_at(limit)
        due = over if queue in memory.alarms else 0 < limit <= dead
        said = self._engine.run(verbs.cross(queue, limit, self._url)) if due else 0
        if said > 0:
            _log.warning("queue %s has %d dead letters (dlq_alert: %d)", queue, said, limit)
        elif said < 0:
            _log.info("queue %s: the alarm about its dead letters is over", queue)
        return abs(said) and 1

    def _park(self, queue: str, parked: int, memory: Memory) -> int:
        due = bool(parked) != (queue in memory.parking)
        said = self._engine.run(verbs.cross_parked(queue, self._url)) if due else 0
        if said > 0:
            _log.warning("queue %s has %d parked jobs: no live worker knows their type, or it is paused", queue, said)
        elif said < 0:
            _log.info("queue %s has no parked jobs any more", queue)
        return abs(said) and 1

    def _look(self, queue: str, position: Position | None) -> tuple[int, bool]:
        seen = self._engine.ask(verbs.fresh(self._base, queue, position))
        if seen.upto is None:
            return 0, False
        new: list[str] = self._engine.run(verbs.notice(queue, seen.groups, seen.upto, self._url))
        fresh = [group for group in seen.groups if group.fingerprint in new]
        for group in fresh[: verbs.MOST_TOLD]:
            _log.warning("queue %s: jobs die of something new: %s", queue, _said(group))
        if len(fresh) > verbs.MOST_TOLD:
            _log.warning("queue %s: and of %d other new things", queue, len(fresh) - verbs.MOST_TOLD)
        return len(fresh), seen.more


def _said(group: Group) -> str:
    return f"{group.type}: {group.error}: {group.message} (group {group.fingerprint}, job {group.example})"
