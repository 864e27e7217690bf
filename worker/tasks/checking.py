"""Payloads checked where the tasks' code is at hand: an enqueue middleware for clients."""

from collections.abc import Callable

import msgspec

from engine import NewJob, PayloadError
from engine.payloads import payload
from engine.payloads.envelope import LARGEST
from worker.tasks.binding import ArgumentsError
from worker.tasks.registry import Registry, tasks
from worker.tasks.versions import FIRST


def validate(job: NewJob) -> NewJob:
    """For ``Client(middleware=[validate])``: a payload that the task could not take is refused before it is sent.

    A job that says no version is taken as of the task's own, and says so from then on. Jobs of types that this process
    does not know pass as they are.

    Raises:
        PayloadError: the payload does not fit the task, or is of a later version.
    """
    return _checked(job, tasks)


def validator(registry: Registry) -> Callable[[NewJob], NewJob]:
    """The same for tasks of another registry."""
    return lambda job: _checked(job, registry)


def _checked(job: NewJob, registry: Registry) -> NewJob:
    task = registry.get(job.type)
    if task is None:
        return job
    newest = task.upcasters.version if task.upcasters else FIRST
    version = newest if job.version is None else job.version
    if version > newest:
        raise PayloadError(f"the payload for {job.type!r} is of version {version}, the task here of {newest}")
    data = payload.encode(job.data, limit=LARGEST)  # the client has a limit of its own
    try:
        if task.upcasters and version < newest:
            data = payload.encode(task.upcasters.bring_up(payload.decode(data), version), limit=LARGEST)
        task.binding.arguments(data)
    except ArgumentsError as error:
        raise PayloadError(f"the payload for {job.type!r} is refused: {error}") from None
    if job.version is None and newest > FIRST:
        return msgspec.structs.replace(job, version=newest)
    return job
