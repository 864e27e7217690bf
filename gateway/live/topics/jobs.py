"""`jobs`: a page of a listing."""

from typing import Annotated

import msgspec

from engine import Job, JobState
from gateway.live.frames import Refused
from gateway.live.sources import Round
from gateway.live.table import Reading, Row
from gateway.live.topic import Look, Topic

MOST = 200
TEXT_CHARACTERS = 256

CURSOR = r"^\d{1,12}:(\d{1,15}(-\d{1,15})?)?$"

_Text = Annotated[str, msgspec.Meta(max_length=200)]


class JobsArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which jobs; null is as good as left out."""

    state: JobState | None = None
    queue: _Text | None = None
    type: _Text | None = None
    cursor: Annotated[str, msgspec.Meta(pattern=CURSOR)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] | None = None


async def read(round: Round, look: Look) -> Reading:
    """A page, oldest first within a state, as `GET /tasks`."""
    args: JobsArgs = look.args
    try:
        page = await round.sources.client.jobs(
            state=args.state,
            queue=args.queue,
            type=args.type,
            limit=args.limit or 50,
            cursor=args.cursor,
            brief=True,
        )
    except ValueError as error:
        raise Refused("bad_args", str(error)) from None
    hosts = {one.incarnation: one.host for one in await round.workers()} if any(job.worker for job in page.jobs) else {}
    return Reading([job_row(job, hosts.get(job.worker or "")) for job in page.jobs], page.cursor)


def job_row(job: Job, host: str | None) -> Row:
    """One line of the listing. Pure."""
    said = f"{job.error.type}: {job.error.message}" if job.error else str(job.data or "")
    return (
        job.id,
        job.type or None,
        job.queue or None,
        job.state.value,
        job.attempts,
        job.crashes,
        job.enqueued_at,
        job.started_at,
        job.finished_at,
        job.due_at,
        job.worker,
        host,
        job.progress.fraction if job.progress else None,
        " ".join(said.split())[:TEXT_CHARACTERS],
    )


COLUMNS = (
    "id", "type", "queue", "state", "attempts", "crashes", "enqueued_at", "started_at", "finished_at", "due_at",
    "worker", "host", "progress", "text",
)  # fmt: skip

JOBS = Topic(COLUMNS, read, JobsArgs, queue="queue", is_shown=True)
