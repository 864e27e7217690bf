"""The state engine: every job is in exactly one place, and each move between places is one atomic script.

Producers use `Client` or `AsyncClient`; workers, keepers and janitors use `engine.clients.engine.Engine`. Imports none
of our other packages. Sub-rooms, from the ground up: payloads, jobs, store, asking, queues, tracing, entrance, flows,
dead, search, schedules, charts, doctor, clients; each leans on those before it alone (docs/design.md).
"""

from typing import TYPE_CHECKING, Any

from engine.charts.rates import Rate, Rates
from engine.entrance.middleware import EnqueueMiddleware
from engine.errors import (
    EngineError,
    FlowEnded,
    FlowFailed,
    FlowNotFound,
    IdempotencyConflict,
    JobFailed,
    JobNotFound,
    KeyMissing,
    LeaseLost,
    NotDurable,
    PayloadError,
    PayloadGone,
    QueueClosed,
    QueueFull,
    ResultTimeout,
    StoreDown,
    StoreFull,
    UniqueConflict,
)
from engine.flows.flow import Flow, FlowError, FlowJob, chain, chord, group
from engine.flows.flow_record import FlowInfo, FlowMember, FlowProgress, FlowState
from engine.jobs.history import Event
from engine.jobs.job import (
    DeadGroup,
    DeadGroups,
    Job,
    JobError,
    Log,
    LogLine,
    Page,
    Progress,
    QueueFigures,
    StoreFigures,
    WorkerInfo,
)
from engine.jobs.new_job import Durable, EnqueueOptions, NewJob
from engine.jobs.retry import Backoff, QueuePolicy
from engine.jobs.states import JobState
from engine.jobs.unique import Unique
from engine.payloads.envelope import Sealed
from engine.schedules.schedule import Schedule, ScheduleInfo, ScheduleNotFound, ScheduleTaken
from engine.search.page import SearchPage
from engine.search.query import QueryError

if TYPE_CHECKING:
    from engine.clients.async_client import AsyncClient
    from engine.clients.client import Client
    from engine.payloads.key_ring import KeyRing

__all__ = [
    "AsyncClient",
    "Backoff",
    "Client",
    "DeadGroup",
    "DeadGroups",
    "Durable",
    "EngineError",
    "EnqueueMiddleware",
    "EnqueueOptions",
    "Event",
    "Flow",
    "FlowEnded",
    "FlowError",
    "FlowFailed",
    "FlowInfo",
    "FlowJob",
    "FlowMember",
    "FlowNotFound",
    "FlowProgress",
    "FlowState",
    "IdempotencyConflict",
    "Job",
    "JobError",
    "JobFailed",
    "JobNotFound",
    "JobState",
    "KeyMissing",
    "KeyRing",
    "LeaseLost",
    "Log",
    "LogLine",
    "NewJob",
    "NotDurable",
    "Page",
    "PayloadError",
    "PayloadGone",
    "Progress",
    "QueryError",
    "QueueClosed",
    "QueueFigures",
    "QueueFull",
    "QueuePolicy",
    "Rate",
    "Rates",
    "ResultTimeout",
    "Schedule",
    "ScheduleInfo",
    "ScheduleNotFound",
    "ScheduleTaken",
    "Sealed",
    "SearchPage",
    "StoreDown",
    "StoreFigures",
    "StoreFull",
    "Unique",
    "UniqueConflict",
    "WorkerInfo",
    "chain",
    "chord",
    "group",
]


def __getattr__(name: str) -> Any:
    # The clients import the Redis library (150 ms), which those who only need a record or an error need not pay.
    if name == "Client":
        from engine.clients.client import Client

        return Client
    if name == "AsyncClient":
        from engine.clients.async_client import AsyncClient

        return AsyncClient
    if name == "KeyRing":
        from engine.payloads.key_ring import KeyRing

        return KeyRing
    raise AttributeError(f"module 'engine' has no attribute {name!r}")
