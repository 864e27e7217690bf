"""The claim call: acknowledge a batch and claim the next. A worker lives on this one call: it is written for speed."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from engine.store import keys
from engine.store.calls import text


class Claimed(NamedTuple):
    """A job that was claimed. `payload` and `options` are msgpack; `ready_ms` is when it became ready to run."""

    id: str
    lane: int
    ms: int
    seq: int
    token: int
    type: str
    payload: bytes
    options: bytes
    attempts: int
    crashes: int
    ready_ms: int
    queue: str


class Grant(NamedTuple):
    """What a claim brought. `lost`: acknowledgements refused because the lease had gone to another. Times are ms."""

    jobs: list[Claimed]
    now_ms: int
    lost: int
    swept_ms: int


class Done(NamedTuple):
    """A job that was run to its end.

    `result` None: nothing is to be kept; else msgpack, kept for `ttl` seconds. `started_ms`: by the store's clock.
    """

    lease: str
    result: bytes | None = None
    ttl: float = 0.0
    started_ms: int = 0


def arguments(
    done: Sequence[Done],
    want: int,
    queues: Sequence[str],
    lease: float,
    *,
    old: float = 0.0,
    skip: Collection[str] = (),
) -> list[Any]:
    """claim.lua's arguments behind incarnation and operation.

    old: seconds after which a job goes before those of higher priority, 0 = never. skip: types to pass over.
    """
    plain: list[Any] = []
    full: list[Any] = []
    for job in done:
        if job.result is None:
            plain.append(job.lease)
        else:
            full += [job.lease, job.result, max(1, round(job.ttl * 1000)), job.started_ms]
    counts = [round(lease * 1000), want, len(queues), len(plain), len(full) // 4, round(old * 1000), len(skip)]
    return [*counts, *queues, *skip, *plain, *full]


def parse(reply: Sequence[Any], queues: Sequence[str]) -> Grant:
    """claim.lua's reply."""
    now, swept, refused, token, blocks = reply
    jobs: list[Claimed] = []
    names: dict[bytes, str] = {}
    for block in blocks:
        index, lane, kind, rows = block[:4]
        number, queue = int(lane), queues[index]
        if len(block) > 4:  # noqa: PLR2004 - a repeated call names each job's lease
            token = int(block[4].split(b"/")[1])
        for row in rows:
            if kind == 0:
                entry, (_, name, _, payload, *more) = row
                options, attempts, crashes, ready = more[1] if more else b"", 0, 0, 0
            else:
                entry, name, payload, options, attempts, crashes, ready = row
            kind_of = names.get(name) or names.setdefault(name, text(name))
            where = entry.decode()
            ms_text, _, seq_text = where.partition("-")
            ms = int(ms_text)
            jobs.append(
                Claimed(
                    f"{number}-{where}",
                    number,
                    ms,
                    int(seq_text),
                    token,
                    kind_of,
                    payload,
                    options,
                    attempts,
                    crashes,
                    ready or ms,
                    queue,
                )
            )
            token += 1
    return Grant(jobs, now, refused, swept)


def lease_of(job: Claimed, incarnation: int) -> str:
    """The lease under which this incarnation holds the job."""
    return keys.lease(job.id, job.token, incarnation)
