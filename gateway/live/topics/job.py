"""`job`: all there is to know of one job."""

from typing import Annotated, Any

import msgspec

from engine import Job, JobNotFound, JobState
from gateway.answers import encode
from gateway.answers import job_view as view
from gateway.live.sources import Round
from gateway.live.table import Reading
from gateway.live.topic import Look, Topic

LARGEST_FIELD = 64 * 1024
"""Bytes of a field as JSON; of a larger one the beginning is sent, as text."""

LAST_LINES = 200

_TIMES = ("enqueued_at", "due_at", "started_at", "finished_at")
_LARGE = ("data", "result", "error", "headers")


class JobArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which job."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


async def read(round: Round, look: Look) -> Reading:
    """The job as one row; none when there is no such job, or it is of a queue that is not for this visitor."""
    client, wanted = round.sources.client, look.args.id
    job = await client.find(wanted)
    if job is None or not look.may_see(job.queue):
        return Reading([])
    try:
        log = await client.job(wanted).logs()
        why = None if job.state is JobState.COMPLETED else (await client.job(wanted).why()).text
    except JobNotFound:
        return Reading([])
    fields = shown(job)
    fields["logs"] = [[line.at, line.text] for line in log.lines[-LAST_LINES:]]
    fields["why"] = why or None
    return Reading([tuple(fields[name] for name in COLUMNS)])


def shown(job: Job) -> dict[str, Any]:
    """The fields of `GET /tasks/{id}`, with times in epoch seconds and large ones cut. Pure."""
    fields = view(job)
    fields.update({name: getattr(job, name) for name in _TIMES})
    if job.progress is not None:
        fields["progress"] = msgspec.structs.asdict(job.progress)
    fields["history"] = [msgspec.structs.asdict(one) for one in job.history]
    fields["cut"] = []
    for name in _LARGE:
        if name in fields:
            said = encode(fields[name])
            fields[name] = msgspec.Raw(said)
            if len(said) > LARGEST_FIELD:
                fields["cut"].append(name)
                fields[name] = said[:LARGEST_FIELD].decode("utf-8", "ignore")
    return fields


COLUMNS = (
    "id", "status", "type", "queue", "data", "result", "error", "attempts", "crashes", "retries", "timeout", "worker",
    "host", *_TIMES, "forgotten", "progress", "history", "logs", "why", "cut",
)  # fmt: skip

JOB = Topic(COLUMNS, read, JobArgs, is_shown=True)
