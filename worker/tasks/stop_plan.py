"""Refuses a pool whose drain is shorter than its longest task: its jobs would be killed in the middle at each stop.

The supervisor cannot know this: it never imports the tasks.
"""

from collections.abc import Iterable
from typing import NamedTuple

from config.pools import Pool
from config.schema import Config
from config.where import where
from worker.tasks.loading import LoadError
from worker.tasks.registry import HARD_GRACE, Registry, Task


class ShortDrain(LoadError):
    """The pool's drain_timeout is shorter than the longest timeout of its tasks, and nobody accepted that."""


class Longest(NamedTuple):
    """The task that may run longest, and for how long, seconds."""

    task: str
    seconds: float


def written(task: Task) -> float | None:
    """The limit that its author wrote: `hard_timeout`, or `timeout`, after which it has a grace of its own."""
    if task.hard_timeout is None:
        return task.timeout
    if task.timeout is not None and task.hard_timeout == task.timeout + HARD_GRACE:
        return task.timeout
    return task.hard_timeout


def longest(tasks: Iterable[tuple[str, Task]], queues: Iterable[str]) -> Longest | None:
    """The longest limit of the tasks that come in by these queues; None when none has a limit. Pure.

    tasks: each with the queue that its jobs go to.
    """
    served = frozenset(queues)
    found = [Longest(task.name, limit) for queue, task in tasks if queue in served and (limit := written(task))]
    return max(found, key=lambda one: one.seconds, default=None)


def check(config: Config, pool: Pool, registry: Registry) -> None:
    """Look at the pool's tasks once they are imported.

    Raises:
        ShortDrain: with the position in the file, and what to do.
    """
    if pool.accept_short_drain:
        return
    tasks = [task for name in registry.names() if (task := registry.get(name)) is not None]
    found = longest([(_queue(config, task), task) for task in tasks], pool.queues)
    if found is None or found.seconds <= pool.drain_timeout:
        return
    index = next((index for index, one in enumerate(config.pools) if one.name == pool.name), 0)
    place = where(config.path, ("pools", index, "drain_timeout"))
    raise ShortDrain(
        f"{place}: {pool.drain_timeout:g} s is shorter than the {found.seconds:g} s that the task {found.task!r} may "
        f"take: a stop or a reload would kill its jobs in the middle (make it {found.seconds:g}s or more, shorten the "
        "task's timeout, or accept it with `accept_short_drain: true`)"
    )


def _queue(config: Config, task: Task) -> str:
    said = config.types.get(task.name)
    return (said.queue if said else None) or task.queue
