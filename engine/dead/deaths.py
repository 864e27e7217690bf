"""The dead letters' verbs as calls (see `engine.store.calls`), and what one died of. No input or output here."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

from engine.asking.peek import peek, read_error
from engine.entrance.carrier import Carrier
from engine.jobs.job import JobError
from engine.jobs.states import JobState
from engine.payloads import payload
from engine.store.calls import Call, text
from engine.store.question import Question


class Unchanged(Enum):
    """No payload is given: None is one."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


class Death(NamedTuple):
    """What a dead letter died of; `at` is epoch seconds. Its body was not read."""

    id: str
    type: str
    error: JobError | None
    at: float


def requeue(ids: Sequence[str], data: Any = UNCHANGED) -> Call[list[bool]]:
    """Dead -> pending, with a new payload when one is given; for each whether it was a dead letter.

    Raises:
        PayloadError: the new payload cannot be sent.
    """
    given = data is not UNCHANGED
    args = [str(int(given)), payload.encode(data) if given else b"", *ids]
    return Call("requeue", args, lambda reply: _each(reply, ids), remembered=True)


def edit(job_id: str, data: Any, carrier: Carrier) -> Question[bool]:
    """One dead letter -> pending, with a new payload when one is given; whether it was one.

    Raises:
        PayloadError: the new payload cannot be sent.
    """
    if data is not UNCHANGED and carrier.packs:
        known = (yield peek([job_id]))[0]
        if known is not None:  # an encrypted payload is bound to the type of its job
            data = carrier.packed(data, known.type)
    done: list[bool] = yield requeue([job_id], data)
    return done[0]


def drop(ids: Sequence[str]) -> Call[list[bool]]:
    """Dead -> gone; for each whether it was a dead letter."""
    return Call("drop", list(ids), lambda reply: _each(reply, ids), remembered=True)


def _each(reply: bytes, ids: Sequence[str]) -> list[bool]:
    said = text(reply)
    return [said[i : i + 1] == "1" for i in range(len(ids))]


def deaths(ids: Sequence[str]) -> Call[list[Death]]:
    """What these dead letters died of, without their bodies."""
    return Call("deaths", list(ids), lambda reply: [_death(i, row) for i, row in zip(ids, reply, strict=True)])


def _death(job_id: str, row: Sequence[bytes]) -> Death:
    fields = {name: value for name, value in zip("tekcf", row, strict=True) if value}
    error = read_error({**fields, "s": JobState.DEAD})
    return Death(job_id, text(fields.get("t", b"")), error, float(fields.get("f", 0)) / 1000)
