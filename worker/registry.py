"""The ``task`` decorator, and the tasks this process knows by name."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from worker.binding import Binding, bind

HARD_GRACE = 5.0  # s after the soft timeout before the process is killed, unless the task says otherwise
NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

F = TypeVar("F", bound=Callable[..., Any])


class TaskError(Exception):
    """A task was declared wrongly: the message says which, where and what to write instead."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One task: the user's function and what was said of it. Times in seconds; None = as the queue says / no limit.

    backoff: seconds to wait before each retry in turn (the last one repeats); None = the queue's own backoff.
    """

    name: str
    function: Callable[..., Any]
    binding: Binding
    is_async: bool
    queue: str = "default"
    retries: int | None = None
    timeout: float | None = None
    hard_timeout: float | None = None
    backoff: tuple[float, ...] | None = None

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
    backoff: float | str | list[float | str] | None = None,
) -> Callable[[F], F]: ...


def task(
    name: Any = None,
    /,
    *,
    queue: str = "default",
    retries: int | None = None,
    timeout: float | str | None = None,
    hard_timeout: float | str | None = None,
    backoff: float | str | list[float | str] | None = None,
) -> Any:
    """Make a function a task; the function itself stays as it was and can be called and tested directly.

    Args:
        name: what producers say; the function's own name when left out (``@task`` alone does too).
        queue: where its jobs go when the producer names no queue.
        retries: how often a failed attempt is run again; None = as the queue says.
        timeout: soft limit, seconds or "30s": SoftTimeout is raised inside the task.
        hard_timeout: hard limit: the process is killed; None = timeout + 5 s when there is a timeout.
        backoff: wait before a retry, or one for each retry in turn; None = as the queue says.

    Raises:
        TaskError: a value makes no sense, or the name is taken.
    """

    def declare(function: F) -> F:
        tasks.add(
            make_task(
                name if isinstance(name, str) else None,
                function,
                queue=queue,
                retries=retries,
                timeout=timeout,
                hard_timeout=hard_timeout,
                backoff=backoff,
            )
        )
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
    retries: int | None = None,
    timeout: float | str | None = None,
    hard_timeout: float | str | None = None,
    backoff: float | str | list[float | str] | None = None,
) -> Task:
    """Check what was said of a task and put it together.

    Raises:
        TaskError: a value makes no sense.
    """
    name = name or str(getattr(function, "__name__", ""))
    where = f"task {name!r} ({getattr(function, '__module__', '?')})"
    if not NAME.fullmatch(name):
        raise TaskError(f"{where}: a name is 1 to 128 of A-Z a-z 0-9 _ . : / -")
    if not queue or not isinstance(queue, str):
        raise TaskError(f"{where}: queue must be the name of a queue, not {queue!r}")
    if retries is not None and (not isinstance(retries, int) or retries < 0):
        raise TaskError(f"{where}: retries must be a whole number from 0, not {retries!r}")
    soft = None if timeout is None else seconds(timeout, f"{where}: timeout")
    hard = None if hard_timeout is None else seconds(hard_timeout, f"{where}: hard_timeout")
    if soft is not None and hard is None:
        hard = soft + HARD_GRACE
    if soft is not None and hard is not None and hard < soft:
        raise TaskError(f"{where}: hard_timeout ({hard:g} s) is shorter than timeout ({soft:g} s)")
    waits = None
    if backoff is not None:
        listed = backoff if isinstance(backoff, list | tuple) else [backoff]
        waits = tuple(seconds(wait, f"{where}: backoff", least=0.0) for wait in listed) or None
    return Task(
        name=name,
        function=function,
        binding=bind(function),
        is_async=inspect.iscoroutinefunction(function),
        queue=queue,
        retries=retries,
        timeout=soft,
        hard_timeout=hard,
        backoff=waits,
    )


def seconds(value: float | str, where: str, least: float = 0.001) -> float:
    """A duration as people write it ("1h30m", "250ms", 5, 0.5) in seconds.

    The same rules as the config file's; said again here because a task's module must not need the config.

    Raises:
        TaskError: it is no duration, or below ``least``.
    """
    found: float | None = None
    if isinstance(value, str):
        parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", value.strip())
        if parts and "".join(number + unit for number, unit in parts) == value.strip():
            found = sum(float(number) * _UNITS[unit] for number, unit in parts)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    if found is None or not least <= found < float("inf"):
        raise TaskError(f"{where}: {value!r} is no duration; write seconds, or text like '30s', '1h30m', '250ms'")
    return found
