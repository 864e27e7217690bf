"""The ``task`` decorator, and the tasks this process knows by name."""

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar, Unpack, overload

from engine.queues.limits import limits
from worker.durations import TaskError, seconds
from worker.tasks.binding import Binding, bind
from worker.tasks.retrying import Rules, make_rules
from worker.tasks.sharing import SHARING, make_sharing
from worker.tasks.task_words import TaskWords
from worker.tasks.versions import Upcasters, VersionedTask, attach

HARD_GRACE = 5.0  # s after the soft timeout before the process is killed, unless the task says otherwise
OURS = "herdsman."  # how the names of our own tasks begin
NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One task: the user's function and what was said of it. Times in seconds; None = no limit.

    traits: what the store must know of the type, in plain data. upcasters: for older payloads, where it has versions.
    cache: a result is kept at least so long. max_result: bytes.
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
    upcasters: Upcasters | None = None
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
def task(name: str | None = None, /, **words: Unpack[TaskWords]) -> Callable[[F], F]: ...
@overload
def task(
    name: str | None = None, /, *, version: int, **words: Unpack[TaskWords]
) -> Callable[[Callable[P, R]], VersionedTask[P, R]]: ...


def task(name: Any = None, /, **words: Any) -> Any:
    """Make a function a task; the function itself stays as it was and can be called and tested directly.

    Args:
        name: what producers say; the function's own name when left out (``@task`` alone does too).
        words: see ``TaskWords``; and ``version`` of the payload's form, from 1: the function gets an ``upcast`` for
            older ones (docs/payloads.md).

    Raises:
        TaskError: a value makes no sense, or the name is taken. TypeError: there is no such word.
    """

    def declare(function: F) -> F:
        if isinstance(name, str) and name.startswith(OURS):
            raise TaskError(f"@task({name!r}): names that begin with {OURS} are ours; choose another")
        tasks.add(make_task(name if isinstance(name, str) else None, function, **words))
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
    version: int | None = None,
    traits: Mapping[str, Any] | None = None,
    **words: Any,
) -> Task:
    """Check what was said of a task and put it together; ``words`` of ``TaskWords``.

    Raises:
        TaskError: a value makes no sense. TypeError: there is no such word.
    """
    name = name or str(getattr(function, "__name__", ""))
    where = f"task {name!r} ({getattr(function, '__module__', '?')})"
    if not NAME.fullmatch(name):
        raise TaskError(f"{where}: a name is 1 to 128 of A-Z a-z 0-9 _ . : / -")
    if not queue or not isinstance(queue, str):
        raise TaskError(f"{where}: queue must be the name of a queue, not {queue!r}")
    soft, hard = _time_limits(where, timeout, hard_timeout)
    upcasters = None if version is None else Upcasters(where, version)
    if upcasters is not None:
        attach(function, upcasters, where)
    shared = make_sharing(where, **_taken(words, SHARING))
    try:
        limited = limits(words.pop("rate_limit", None), words.pop("concurrency_limit", None))
    except ValueError as error:
        raise TaskError(f"{where}: {error}") from None
    return Task(
        name=name,
        function=function,
        binding=bind(function),
        is_async=inspect.iscoroutinefunction(function),
        queue=queue,
        timeout=soft,
        hard_timeout=hard,
        rules=make_rules(where, **words),
        traits={**(traits or {}), **limited, **shared.traits},
        upcasters=upcasters,
        cache=shared.cache,
        max_result=shared.max_result,
    )


def _taken(words: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: words.pop(name) for name in names if name in words}


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
