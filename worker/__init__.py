"""What runs jobs: worker processes, the zygote they are forked from, and the keeper that watches over their leases.

For people who write tasks: ``task``, ``current_job``, ``middleware``, ``validate``, ``SoftTimeout``, ``Cancelled``,
``Retry``, ``Discard``, ``Snooze``, ``on_start`` and ``on_stop``. They are cheap to import and need no store, no config
and no supervisor.
Everything else here is run as ``python -m worker``; docs/worker.md draws the life of a worker and of one batch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from worker.run.cancelled import Cancelled
    from worker.run.context import JobContext, current_job
    from worker.run.middleware import RunMiddleware, middleware
    from worker.run.soft_timeout import SoftTimeout
    from worker.run.wishes import Discard, Retry, Snooze
    from worker.tasks.checking import validate
    from worker.tasks.hooks import on_start, on_stop
    from worker.tasks.registry import task

__all__ = [
    "Cancelled",
    "Discard",
    "JobContext",
    "Retry",
    "RunMiddleware",
    "Snooze",
    "SoftTimeout",
    "current_job",
    "middleware",
    "on_start",
    "on_stop",
    "task",
    "validate",
]

_HOMES = {
    "Cancelled": "worker.run.cancelled",
    "Discard": "worker.run.wishes",
    "JobContext": "worker.run.context",
    "Retry": "worker.run.wishes",
    "RunMiddleware": "worker.run.middleware",
    "Snooze": "worker.run.wishes",
    "SoftTimeout": "worker.run.soft_timeout",
    "current_job": "worker.run.context",
    "middleware": "worker.run.middleware",
    "on_start": "worker.tasks.hooks",
    "on_stop": "worker.tasks.hooks",
    "task": "worker.tasks.registry",
    "validate": "worker.tasks.checking",
}


def __getattr__(name: str) -> Any:
    # When asked for: `python -m worker` must first see that our packages are ours, not files of the user's.
    if name not in _HOMES:
        raise AttributeError(f"module 'worker' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found
