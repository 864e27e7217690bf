"""New jobs as the enqueue script takes them: in groups of one queue, type and lane."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from engine import durations
from engine.errors import refusal
from engine.jobs import headers
from engine.jobs.new_job import NewJob
from engine.payloads import payload
from engine.store import keys
from engine.store.calls import Args, Call, text

LONGEST_LABEL = 128  # characters of a tenant's name or a limit's key
MOST_COST = 1000  # permits of a rate that one job takes
CHUNK = 1000  # jobs in one script: far below Lua's and the protocol's limits, long enough to amortise the call


class Detour(NamedTuple):
    """Nothing was enqueued: jobs of these types must go through submit.lua; traits are JSON."""

    traits: dict[str, bytes]


class Grouped(NamedTuple):
    """Plain jobs as part groups takes them; `counts` of the groups."""

    args: Args
    counts: list[int]

    def ids(self, words: Sequence[str]) -> list[str]:
        """Their ids by the store's answer: the first one's ms and seq, and one lane a group."""
        ms, first, *lanes = words
        seq = int(first)
        ids: list[str] = []
        for lane, count in zip(lanes, self.counts, strict=True):
            ids += [f"{lane}-{ms}-{n}" for n in range(seq, seq + count)]
            seq += count
        return ids


def enqueue(jobs: Sequence[NewJob]) -> Call[list[str] | Detour]:
    """New jobs -> their ids, in order. At most CHUNK of them.

    Raises:
        PayloadError, ValueError: one of the jobs is not sound; none is sent.
    """
    plain = grouped(jobs)
    return Call("enqueue", plain.args, lambda reply: _ids(reply, plain), remembered=True)


def grouped(jobs: Sequence[NewJob]) -> Grouped:
    """Plain jobs in groups of neighbours that go the same way.

    Raises:
        PayloadError, ValueError: one of them is not sound.
    """
    args: Args = []
    counts: list[int] = []
    last: tuple[str | None, str, str] | None = None
    for job in jobs:
        group = (job.queue, job.type, where(job))
        if group != last:
            last = group
            queue = keys.name(job.queue, "queue") if job.queue is not None else ""
            args += [queue, keys.name(job.type, "task"), group[2], 0]
            counts.append(0)
            header = len(args) - 1
        counts[-1] += 1
        args[header] = counts[-1]
        args += [payload.encode(job.data), options(job), durations.when(job.delay, job.run_at)]
    return Grouped(args, counts)


def enqueue_pairs(pairs: Sequence[tuple[str, Any]], queue: str | None) -> Call[list[str] | Detour]:
    """New jobs of which nothing is said but type and data, without a record for each: the shortest way for many.

    Raises:
        PayloadError, ValueError: one of the jobs is not sound; none is sent.
    """
    args: Args = []
    counts: list[int] = []
    last, header, encode = None, 0, payload.encode
    place = keys.name(queue, "queue") if queue is not None else ""
    for kind, data in pairs:
        if kind != last:
            last = kind
            header = len(args) + 3
            args += [place, keys.name(kind, "task"), "", 0]
            counts.append(0)
        counts[-1] += 1
        args[header] = counts[-1]
        args += (encode(data), b"", "")
    plain = Grouped(args, counts)
    return Call("enqueue", args, lambda reply: _ids(reply, plain), remembered=True)


def where(job: NewJob) -> str:
    """What decides in which lane of its queue a job stands; "" for the queue's main lane.

    Raises:
        ValueError: it makes no sense.
    """
    if job.tenant is None and job.priority is None and job.limit_key is None and job.cost is None:
        return ""
    if job.priority not in (None, "high", "normal", "low"):
        raise ValueError(f"priority is 'high', 'normal' or 'low', not {job.priority!r}")
    if job.cost is not None and (isinstance(job.cost, bool) or not 1 <= job.cost <= MOST_COST):
        raise ValueError(f"cost is 1 to {MOST_COST}, not {job.cost!r}")
    said = (
        "" if job.priority in (None, "normal") else job.priority,
        _label(job.tenant, "tenant") if job.tenant is not None else "",
        _label(job.limit_key, "limit_key") if job.limit_key is not None else "",
        "" if job.cost in (None, 1) else str(job.cost),
    )
    return "\t".join(said) if any(said) else ""


def _label(text: str, what: str) -> str:
    if not isinstance(text, str) or not 1 <= len(text) <= LONGEST_LABEL or not text.isprintable():
        raise ValueError(f"{what} is 1 to {LONGEST_LABEL} printable characters, not {text!r}")
    return text


def options(job: NewJob) -> bytes:
    """What the job says differently from its queue and type, as it travels.

    Raises:
        ValueError: it makes no sense.
    """
    if (
        job.retries is None
        and job.timeout is None
        and job.keep is None
        and job.start_before is None
        and job.version is None
        and not job.headers
    ):
        return b""
    if job.retries is not None and not 0 <= job.retries <= 1_000_000:  # noqa: PLR2004 - as good as for ever
        raise ValueError(f"retries must be 0 to 1000000, not {job.retries!r}")
    timeout = durations.seconds(job.timeout) if job.timeout is not None else None
    keep = durations.seconds(job.keep) if job.keep is not None else None
    after, until = durations.expiry(job.start_before, job.delay)
    return payload.encode_options(
        payload.Options(
            r=job.retries,
            t=timeout,
            k=keep,
            x=after,
            u=until,
            v=_version(job.version),
            h=headers.checked(job.headers),
        )
    )


def _version(version: int | None) -> int | None:
    if version is not None and (isinstance(version, bool) or not 1 <= version <= 1_000_000):  # noqa: PLR2004 - far above any
        raise ValueError(f"version must be a whole number from 1, not {version!r}")
    return version


def _ids(reply: Any, plain: Grouped) -> list[str] | Detour:
    if isinstance(reply, list):
        told = detour(reply)
        if told:
            return told
        raise refusal(text(reply[1]), int(reply[2]))
    return plain.ids(reply.decode().split(" "))


def detour(reply: Any) -> Detour | None:
    """What the store answered instead of taking the jobs, if it did."""
    if not isinstance(reply, list) or reply[0] != b"submit":
        return None
    return Detour({text(reply[i]): reply[i + 1] for i in range(1, len(reply), 2)})
