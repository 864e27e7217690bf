"""Middleware around the run of a task: context managers that see the job, entered before the task and left after it.

They are declared in modules listed under ``tasks:`` of a pool, and surround every task of that pool, in the order of
their declaration: the first is the outermost. Where there are none nothing is called, and nothing is paid.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import wraps
from typing import Any, TypeVar

from worker.durations import TaskError
from worker.run.context import JobContext, current_job

RunMiddleware = Callable[[JobContext], AbstractContextManager[Any]]
M = TypeVar("M", bound=RunMiddleware)

around_all: list[RunMiddleware] = []  # of this process


def middleware(layer: M) -> M:
    """Surround every task of the process with what ``layer(job)`` gives: a context manager.

    What the task raises passes through it and may be turned into something else; what it raises before the task is
    the attempt's failure. Around ``async def`` it runs on the event loop, so it must not block. The same function again
    (a module imported twice) replaces itself.

    Raises:
        TaskError: it cannot be called.
    """
    if not callable(layer):
        raise TaskError(f"@middleware: {layer!r} is no function that takes a job and gives a context manager")
    for at, other in enumerate(around_all):
        if _place(other) == _place(layer):
            around_all[at] = layer
            return layer
    around_all.append(layer)
    return layer


def surrounded(function: Callable[..., Any], layers: Sequence[RunMiddleware], *, is_async: bool) -> Callable[..., Any]:
    """The function with the layers around it; the function itself when there are none."""
    if not layers:
        return function
    fixed = tuple(layers)
    if is_async:

        @wraps(function)
        async def awaited(*values: Any, **names: Any) -> Any:
            with _entered(fixed):
                return await function(*values, **names)

        return awaited

    @wraps(function)
    def called(*values: Any, **names: Any) -> Any:
        with _entered(fixed):
            return function(*values, **names)

    return called


def _entered(layers: Sequence[RunMiddleware]) -> ExitStack:
    job = current_job()
    with ExitStack() as stack:  # what was entered is left again when a later layer cannot be entered
        for layer in layers:
            stack.enter_context(layer(job))
        return stack.pop_all()


def _place(layer: RunMiddleware) -> tuple[str, str] | int:
    name = getattr(layer, "__qualname__", None)
    return (str(getattr(layer, "__module__", "?")), name) if name and "<locals>" not in name else id(layer)
