"""The gateway and the workers, as they are shown."""

from pydantic import Field

from gateway.shapes.base import Count, Moment, Shape


class FrontPage(Shape):
    """The routes, each with what it is for."""

    herdsman: str
    routes: dict[str, str]
    schema_: str = Field(alias="schema")
    docs: str


class HealthBody(Shape):
    """It lives."""

    status: str
    version: str
    uptime_seconds: float


class ReadyBody(Shape):
    """A job submitted now would be run."""

    status: str
    workers: Count


class WorkerBody(Shape):
    """One worker, as its keeper told of it a moment ago."""

    id: str
    host: str
    pid: int
    pool: str
    slot: Count
    generation: Count
    state: str
    job: str | None
    type: str | None
    since: Moment | None
    jobs_done: Count
    started_at: Moment | None
    beat_at: Moment | None


class WorkerList(Shape):
    """The workers that live, of all hosts."""

    workers: list[WorkerBody]
