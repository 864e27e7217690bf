"""New jobs of all kinds in one script: all of them, or none (submit_many.lua)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from engine.entrance.enqueue import Detour, Grouped, detour, grouped
from engine.entrance.guards import once
from engine.entrance.submit import parcel
from engine.errors import IdempotencyConflict, UniqueConflict, refusal
from engine.jobs.new_job import NewJob
from engine.jobs.unique import digest
from engine.store.calls import Args, Call, text

MOST = 1000
"""Jobs that are not plain in one script: each costs the server 10 to 30 µs, in which it does nothing else."""


class Taken(NamedTuple):
    """Ids of the jobs that answer for those of a call, in their order; `new`: how many of them it made."""

    ids: list[str]
    new: int


class Mixed(NamedTuple):
    """Jobs of a call by the way they take.

    Attributes:
        plain: those on which nothing hangs. apart: all others, as they are to be sent.
        places: of those apart, in the call. ask: whether the store is to say first what their types say of them.
    """

    plain: Sequence[NewJob]
    apart: Sequence[NewJob]
    places: Sequence[int]
    ask: Sequence[bool]


def submit_many(mixed: Mixed, before: int = 0, key: str | None = None, about: str = "") -> Call[Taken | Detour]:
    """All of these or none; first the plain ones, then the others in their order.

    Args:
        before: how many jobs of the producer's call went before these; refusals name places in the whole of it.
        key: idempotency key of the whole call, for a day; about: digest of what it is about.

    Raises:
        PayloadError, ValueError: one of the jobs is not sound, or there are too many; nothing is sent.
    """
    if len(mixed.apart) > MOST:
        raise ValueError(too_many(len(mixed.apart)))
    plain = grouped(mixed.plain)
    args: Args = [msgspec.json.encode(once(key, None) | {"digest": about}) if key is not None else b""]
    args += [4 + len(plain.args), *plain.args]
    for job, ask in zip(mixed.apart, mixed.ask, strict=True):
        sent = parcel(job, ask=ask)
        args += [*sent.args, len(sent.fields) // 2, *sent.fields]
    return Call("submit_many", args, lambda reply: _taken(reply, plain, mixed.places, before), remembered=True)


def too_many(count: int) -> str:
    """What is said of so many jobs that are not plain."""
    return (
        f"{count:,} of these jobs are unique, of a cached type, or have a webhook or an idempotency key: "
        f"at most {MOST:,} such jobs go in at once; send them in several calls"
    )


def digest_of(jobs: Sequence[NewJob]) -> str:
    """What a call with these jobs is about: their types and payloads, in their order.

    Raises:
        PayloadError: one of them cannot be sent.
    """
    return digest("batch", [(job.type, job.given) for job in jobs])


def _taken(reply: Any, plain: Grouped, places: Sequence[int], before: int) -> Taken | Detour:
    if isinstance(reply, list):
        return detour(reply) or _refused(reply, places, before)
    words = text(reply).split(" ")
    again = words[0] == "="
    if again:
        del words[0]
    heads = 2 + len(plain.counts)
    ids = plain.ids(words[:heads])
    stood = 0
    for place, word in zip(places, words[heads:], strict=True):
        stood += word[0] == "="
        ids.insert(place, word.removeprefix("="))
    return Taken(ids, 0 if again else len(ids) - stood)


def _refused(reply: list[Any], places: Sequence[int], before: int) -> Taken:
    kind, job_id = text(reply[0]), text(reply[1])
    if kind not in ("conflict", "differs"):
        raise refusal(job_id, int(reply[2]))
    at, twin = (places[n - 1] + before if n else None for n in (int(reply[2]), int(reply[3])))
    raise (UniqueConflict if kind == "conflict" else IdempotencyConflict)(job_id, at, twin)
