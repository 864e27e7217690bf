"""New jobs on which something hangs. The plain ones go the shorter way of `enqueue.py`.

What hangs on a job stands in its record from the start, and is seen to by the script that ends it (part `ending`).
"""

from typing import Any

from engine import durations, keys, payload
from engine.calls import Call, text
from engine.enqueue import options, where
from engine.errors import refusal
from engine.new_job import NewJob


def strings(_job: NewJob) -> dict[str, bytes]:
    """Fields of the job's record that say what hangs on it; {} for most jobs."""
    return {}


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
