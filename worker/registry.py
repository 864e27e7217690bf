"""The ``task`` decorator, and the tasks this process knows by name."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from engine.limits import limits
from engine.unique import Unique
from worker.binding import Binding, bind
from worker.durations import TaskError, seconds
from worker.retrying import Exceptions, Rules, Wait, make_rules
from worker.sharing import make_sharing

HARD_GRACE = 5.0  # s after the soft timeout before the process is killed, unless the task says otherwise
NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One task: the user's function and what was said of it. Times in seconds; None = no limit.

    traits: what the store must know of the type, in plain data. cache: a result is kept at least so long.
    max_result: bytes.
    """

    name: str
    function: Callable[..., Any]
    binding: Binding
    is_async: bool
    queue: str = "default"
    timeout: float | None = None
    hard_timeout: float | None = None
    rules: Rules = field(default_factory=Rules)
    traits: Mapping[str, Any] = field(default_factory=dict)
    cache: float = 0.0
    max_result: int | None = None

    @property
    def place(self) -> str:
        """Where the function was written, for messages."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


class Registry:
    """Tasks by name. One for the process (``tasks``); tests make their own."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}

    def add(self, task: Task) -> None:
        """Take in a task; the same function again (a module imported twice) replaces itself.

        Raises:
            TaskError: another function has that name.
        """
        other = self._tasks.get(task.name)
        if other is not None and other.place != task.place:
            raise TaskError(f"two tasks are named {task.name!r}: {other.place} and {task.place}; rename one")
        self._tasks[task.name] = task

    def get(self, name: str) -> Task | None:
        """The task of that name, or None."""
        return self._tasks.get(name)

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._tasks)

    def queues(self) -> dict[str, str]:
        """Name -> the queue its jobs go to when nobody says otherwise."""
        return {task.name: task.queue for task in self._tasks.values()}

    def traits(self) -> dict[str, str]:
        """Name -> what the store must know of the type, as JSON; only of those that have something to say."""
        return {task.name: json.dumps(task.traits, sort_keys=True) for task in self._tasks.values() if task.traits}


tasks = Registry()


@overload
def task(name: F, /) -> F: ...
@overload
def task(
    name: str | None = None,
    /,
    *,
    queue: str = "default",
    retries: int | None = None,
    timeout: float | str | None = None,
    hard_timeout: float | str | None = None,
    backoff: Wait | None = None,
    retry_on: Exceptions | None = None,
    give_up_on: Exceptions | None = None,
    retry_for: float | str | None = None,
    unique: Unique | Mapping[str, Any] | str | bool | None = None,
    cache: float | str | None = None,
    cache_failures: float | str | None = None,
    max_result: int | str | None = None,
    rate_limit: str | Mapping[str, Any] | None = None,
    concurrency_limit: int | None = None,
) -> Callable[[F], F]: ...


def task(name: Any = None, /, **said: Any) -> Any:
    """Make a function a task; the function itself stays as it was and can be called and tested directly.

    Args:
        name: what producers say; the function's own name when left out (``@task`` alone does too).
        queue: where its jobs go when the producer names no queue.
        retries: how often a failed attempt is run again; None = as the queue says.
        timeout: soft limit, seconds or "30s": SoftTimeout is raised inside the task.
        hard_timeout: hard limit: the process is killed; None = timeout + 5 s when there is a timeout.
        backoff: wait before a retry, or one for each retry in turn (the last one repeats), or
            {"linear": "10s", "cap": "5m", "jitter": 0.1}; None or "exponential" = as the queue says.
        retry_on: run again only after these exceptions. give_up_on: never after these; goes first.
        retry_for: no retry begins later than that after the job was enqueued.
        rate_limit: starts in a time, like "100/m" (sliding window), or {"rate": "100/m", "burst": 10} (evenly spaced).
        concurrency_limit: jobs of it that run at once, on all hosts together.
        unique: of jobs that count as the same one stands at a time, whoever enqueues them; see ``engine.Unique``.
        cache: for so long ("10m") equal jobs share one run and its result. cache_failures: the same of a dead letter.
        max_result: bytes ("256K") of a result at most; None = as the queue says.

    Raises:
        TaskError: a value makes no sense, or the name is taken.
    """

    def declare(function: F) -> F:
        tasks.add(make_task(name if isinstance(name, str) else None, function, **said))
        return function

    if callable(name):
        return declare(name)
    if name is not None and not isinstance(name, str):
        raise TaskError(f"@task({name!r}): the name must be text")
    return declare


def make_task(
    name: str | None,
    function: Callable[..., Any],
    *,
    queue: str = "default",
    timeout: float | str | None = None,
    hard_timeout: float | str | None = None,
    rate_limit: str | Mapping[str, Any] | None = None,
    concurrency_limit: int | None = None,
    unique: Unique | Mapping[str, Any] | str | bool | None = None,
    cache: float | str | None = None,
    cache_failures: float | str | None = None,
    max_result: int | str | None = None,
    **retrying: Any,
) -> Task:
    """Check what was said of a task and put it together; ``retrying`` is for ``make_rules``.

    Raises:
        TaskError: a value makes no sense.
    """
    name = name or str(getattr(function, "__name__", ""))
    where = f"task {name!r} ({getattr(function, '__module__', '?')})"
    if not NAME.fullmatch(name):
        raise TaskError(f"{where}: a name is 1 to 128 of A-Z a-z 0-9 _ . : / -")
    if not queue or not isinstance(queue, str):
        raise TaskError(f"{where}: queue must be the name of a queue, not {queue!r}")
    soft, hard = _time_limits(where, timeout, hard_timeout)
    try:
        traits = limits(rate_limit, concurrency_limit)
    except ValueError as error:
        raise TaskError(f"{where}: {error}") from None
    shared = make_sharing(where, unique=unique, cache=cache, cache_failures=cache_failures, max_result=max_result)
    return Task(
        name=name,
        function=function,
        binding=bind(function),
        is_async=inspect.iscoroutinefunction(function),
        queue=queue,
        timeout=soft,
        hard_timeout=hard,
        rules=make_rules(where, **retrying),
        traits={**traits, **shared.traits},
        cache=shared.cache,
        max_result=shared.max_result,
    )


def _time_limits(
    where: str, timeout: float | str | None, hard_timeout: float | str | None
) -> tuple[float | None, float | None]:
    soft = None if timeout is None else seconds(timeout, f"{where}: timeout")
    hard = None if hard_timeout is None else seconds(hard_timeout, f"{where}: hard_timeout")
    if soft is not None and hard is None:
        hard = soft + HARD_GRACE
    if soft is not None and hard is not None and hard < soft:
        raise TaskError(f"{where}: hard_timeout ({hard:g} s) is shorter than timeout ({soft:g} s)")
    return soft, hard
