"""The state engine: every job is in exactly one place, and each move between places is one atomic script.

Producers use `Client` or `AsyncClient`; workers, keepers and janitors use `engine.engine.Engine`. Imports none of our
other packages.
"""

from typing import TYPE_CHECKING, Any

from engine.errors import (
    EngineError,
    IdempotencyConflict,
    JobFailed,
    JobNotFound,
    LeaseLost,
    PayloadError,
    QueueFull,
    ResultTimeout,
    StoreDown,
    StoreFull,
    UniqueConflict,
)
from engine.job import DeadGroup, DeadGroups, Job, JobError, Page, QueueFigures, StoreFigures, WorkerInfo
from engine.new_job import EnqueueOptions, NewJob
from engine.retry import Backoff, QueuePolicy
from engine.schedule import Schedule, ScheduleInfo, ScheduleNotFound
from engine.states import JobState
from engine.unique import Unique

if TYPE_CHECKING:
    from engine.async_client import AsyncClient
    from engine.client import Client

__all__ = [
    "AsyncClient",
    "Backoff",
    "Client",
    "DeadGroup",
    "DeadGroups",
    "EngineError",
    "EnqueueOptions",
    "IdempotencyConflict",
    "Job",
    "JobError",
    "JobFailed",
    "JobNotFound",
    "JobState",
    "LeaseLost",
    "NewJob",
    "Page",
    "PayloadError",
    "QueueFigures",
    "QueueFull",
    "QueuePolicy",
    "ResultTimeout",
    "Schedule",
    "ScheduleInfo",
    "ScheduleNotFound",
    "StoreDown",
    "StoreFigures",
    "StoreFull",
    "Unique",
    "UniqueConflict",
    "WorkerInfo",
]


def __getattr__(name: str) -> Any:
    # The clients import the Redis library (150 ms), which those who only need a record or an error need not pay.
    if name == "Client":
        from engine.client import Client

        return Client
    if name == "AsyncClient":
        from engine.async_client import AsyncClient

        return AsyncClient
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
