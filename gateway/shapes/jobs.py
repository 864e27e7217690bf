"""Jobs, as they are shown."""

from typing import Any, Literal

from pydantic import Field

from engine import JobState
from gateway.shapes.base import Count, Moment, Shape


class JobErrorBody(Shape):
    """What its last attempt failed of."""

    type: str
    message: str
    traceback: str
    cause: str


class ProgressBody(Shape):
    """How far it has come."""

    fraction: float
    text: str
    at: Moment | None


class TaskBody(Shape):
    """One job in any state; `forgotten` ones have ended, and nothing more is known of them."""

    id: str
    status: JobState
    type: str | None
    queue: str | None
    data: Any
    result: Any
    error: JobErrorBody | None
    attempts: Count
    crashes: Count
    retries: Count | None = Field(description="null: what its type or queue says")
    timeout: float | None
    worker: str | None
    host: str | None
    enqueued_at: Moment
    due_at: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    forgotten: bool
    progress: ProgressBody | None


class HistoryBody(Shape):
    """One step of its way."""

    at: Moment | None
    what: str
    who: str | None
    why: str | None
    due: Moment | None


class TaskWithHistory(TaskBody):
    """One job, and what became of it."""

    history: list[HistoryBody]


class LookedBody(Shape):
    """How far a search has come, over all pages so far."""

    method: Literal["index", "scan"] = Field(
        "scan", description="index: only what is meant was read; scan: jobs were read and compared"
    )
    looked_at: Count = Field(0, description="entries that were read")
    of: Count | None = Field(None, description="about how many there were to read at the beginning")
    found: Count = Field(0, description="how many of them are meant")
    encrypted: Count = Field(0, description="not searched: their payload is encrypted")
    too_long: Count = Field(0, description="not searched: their payload has more than 64 KiB")


class TaskPage(LookedBody):
    """Some jobs; `cursor` asks for the next, null is the end. With `q` it says how far the search has come, too."""

    tasks: list[TaskBody]
    cursor: str | None


class ActedBody(LookedBody):
    """One chunk; hand `cursor` and `until` back for the next, a cursor of null is the end."""

    done: Count
    skipped: Count = Field(description="they match, but have gone on meanwhile, or came after the beginning")
    cursor: str | None
    until: float = Field(description="epoch seconds: what came later is left alone")


class Accepted(Shape):
    """A job that was accepted."""

    id: str
    status: JobState
    type: str
    queue: str


class AcceptedOrEnded(Shape):
    """The job that answers: with `?wait` and in time the whole of it, as `GET /tasks/{id}` shows it."""

    id: str
    status: JobState
    type: str | None
    queue: str | None


class AcceptedAgain(Accepted):
    """A new job, like another one."""

    again: str


class AcceptedBatch(Shape):
    """The ids, in the order of the jobs."""

    ids: list[str]
    count: Count


class StateBody(Shape):
    """What a job is now."""

    id: str
    status: str


class ReasonBody(Shape):
    """One reason for which a job does not run, and what it is made of."""

    code: str
    text: str
    data: dict[str, Any]


class WhyBody(Shape):
    """Why a job is not running."""

    id: str
    status: JobState
    why: str
    reasons: list[ReasonBody]


class LineBody(Shape):
    """One line that a job said."""

    at: Moment
    text: str


class LogBody(Shape):
    """What a job said; `dropped` older lines were too much to keep."""

    lines: list[LineBody]
    dropped: Count


class ProcessorBody(Shape):
    """What the worker answered."""

    status: str
    result: Any
    processedAt: Moment | None  # noqa: N815 - the seed's own word


class WorkBody(Shape):
    """The answer of `POST /work`."""

    message: str
    processorResponse: ProcessorBody  # noqa: N815 - same
