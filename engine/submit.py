"""New jobs on which something hangs. The plain ones go the shorter way of `enqueue.py`.

What hangs on a job stands in its record from the start, and is seen to by the script that ends it (part `ending`).
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from engine import durations, keys, payload, webhook
from engine.calls import Call, text
from engine.enqueue import enqueue, options, where
from engine.errors import refusal
from engine.new_job import NewJob


def strings(job: NewJob) -> dict[str, bytes]:
    """Fields of the job's record that say what hangs on it; {} for most jobs.

    Raises:
        ValueError: what is to hang on it makes no sense.
    """
    letters, fields = b"", dict[str, bytes]()
    if job.webhook is not None:
        letters += b"w"
        fields["hook"] = webhook.field(job.webhook)
    return {**fields, "x": letters} if letters else {}


def batches(jobs: Sequence[NewJob]) -> Iterator[Call[list[str]]]:
    """The calls that enqueue these, in order: the plain ones together, each that has something hanging on it alone."""
    for alone, row in groupby(jobs, lambda job: bool(strings(job))):
        if not alone:
            yield enqueue(list(row))
        else:
            for job in row:
                call = submit(job)
                yield Call(call.script, call.args, lambda reply: [_id(reply)], remembered=True)


def submit(job: NewJob) -> Call[str]:
    """One such job -> its id.

    Raises:
        PayloadError, ValueError: it is not sound; nothing is sent.
    """
    queue = keys.name(job.queue, "queue") if job.queue is not None else ""
    args: list[Any] = [queue, keys.name(job.type, "task"), where(job), payload.encode(job.data), options(job)]
    args.append(durations.when(job.delay, job.run_at))
    for field, value in strings(job).items():
        args += [field, value]
    return Call("submit", args, _id, remembered=True)


def _id(reply: Any) -> str:
    if isinstance(reply, list):
        raise refusal(text(reply[1]), int(reply[2]))
    return text(reply)
