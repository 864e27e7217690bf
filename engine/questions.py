"""Questions that take more than one command: written once as generators that yield what to send and receive the reply,
driven by the sync and the async client alike.
"""

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from engine import calls, keys
from engine.calls import Call, text
from engine.errors import JobNotFound
from engine.job import Job, Log, Page, StoreFigures, WorkerInfo
from engine.peek import peek
from engine.sayings import read_log
from engine.states import JobState
from engine.storeinfo import store_figures

T = TypeVar("T")
Step = Call[Any] | tuple[Any, ...]  # a script call, or a plain command that only reads
Question = Generator[Step, Any, T]

PEEK = 200  # jobs looked at in one script
LOOKS = 20  # scripts in one page: a rare type in a long queue is found by going on with the cursor

_info = msgspec.msgpack.Decoder(WorkerInfo)


class _Source(NamedTuple):
    """A key that holds ids of jobs in some of the states."""

    kind: str  # "list", "lane" or "zset"
    key: str
    lane: str


def find(base: str, job: str) -> Question[Job | None]:
    """One job, with the host that runs it; None when the id was never issued."""
    found: Job | None = (yield peek([job]))[0]
    if found is None or found.worker is None:
        return found
    info = yield ("HGET", f"{base}:workers", found.worker)
    return msgspec.structs.replace(found, host=_host(info)) if info else found


def _host(info: bytes) -> str | None:
    try:
        return _info.decode(info).host
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def log_of(base: str, job: str) -> Question[Log]:
    """What a job has said; empty when it never said anything.

    Raises:
        JobNotFound: no such id was ever issued.
    """
    found = yield ("HGET", f"{base}:job:{job}", "lg")
    if found is None and (yield peek([job]))[0] is None:
        raise JobNotFound(f"no job {job!r} was ever issued in this namespace")
    return read_log(found)


def many(ids: Sequence[str]) -> Question[dict[str, Job]]:
    """Those of these jobs that were ever issued."""
    found: dict[str, Job] = {}
    for start in range(0, len(ids), PEEK):
        for job in (yield peek(ids[start : start + PEEK])):
            if job is not None:
                found[job.id] = job
    return found


def workers(base: str) -> Question[list[WorkerInfo]]:
    """Who is alive, or was a moment ago; by pool and slot."""
    rows = yield ("HGETALL", f"{base}:workers")
    beats = yield ("ZRANGE", f"{base}:beats", 0, -1, "WITHSCORES")
    scores = {text(beats[i]): float(beats[i + 1]) / 1000 for i in range(0, len(beats), 2)}
    found = []
    for i in range(0, len(rows), 2):
        try:
            info = _info.decode(rows[i + 1])
        except (msgspec.DecodeError, msgspec.ValidationError):
            continue
        info.beat_at = scores.get(text(rows[i]), 0.0)
        found.append(info)
    return sorted(found, key=lambda w: (w.host, w.pool, w.slot))


def types(base: str) -> Question[dict[str, str]]:
    """Every type that a worker ever announced -> its queue."""
    rows = yield ("HGETALL", f"{base}:types")
    return {text(rows[i]): text(rows[i + 1]) for i in range(0, len(rows), 2)}


def figures(base: str) -> Question[StoreFigures]:
    """The store itself."""
    server = yield ("INFO", "server")
    memory = yield ("INFO", "memory")
    swept = yield ("HGET", f"{base}:meta", "swept")
    return store_figures(server + b"\n" + memory, swept)


def jobs(
    base: str,
    *,
    state: str | None,
    queue: str | None,
    type: str | None,
    limit: int,
    cursor: str | None,
) -> Question[Page]:
    """Some jobs, oldest first within a state; go on with the page's cursor.

    Raises:
        ValueError: the state or the cursor is none.
    """
    states = [JobState(state)] if state else list(JobState)
    sources = yield from _sources(base, states, queue)
    index, position = _read_cursor(cursor)
    found: list[Job] = []
    for _ in range(LOOKS):
        if index >= len(sources):
            return Page(found, None)
        want = min(PEEK, max(limit - len(found), 20))
        ids, after = yield from _some(base, sources[index], position, want)
        seen = yield from many(ids)
        for at, job_id in enumerate(ids):
            job = seen.get(job_id)
            if job and job.state in states and queue in (None, job.queue) and type in (None, job.type):
                found.append(job)
                if len(found) == limit:
                    return Page(found, f"{index}:{_advance(sources[index], position, ids, at)}")
        index, position = (index, after) if after else (index + 1, "")
    return Page(found, f"{index}:{position}")


def _read_cursor(cursor: str | None) -> tuple[int, str]:
    if not cursor:
        return 0, ""
    index, colon, position = cursor.partition(":")
    if not colon or not index.isdigit() or not (position == "" or position.replace("-", "").isdigit()):
        raise ValueError(f"{cursor!r} is no cursor of ours: take it from the page before")
    return int(index), position


def _sources(base: str, states: Sequence[JobState], queue: str | None) -> Question[list[_Source]]:
    rows = yield ("HGETALL", f"{base}:lanes")
    lanes = {text(rows[i]): text(rows[i + 1]) for i in range(0, len(rows), 2)}
    chosen = {queue: lanes[queue]} if queue in lanes else {} if queue else dict(sorted(lanes.items()))
    sources: list[_Source] = []
    for state in states:
        if state == JobState.PENDING:
            for lane in chosen.values():
                sources += [
                    _Source("list", f"{base}:head:{lane}", lane),
                    _Source("lane", f"{base}:lane:{lane}", lane),
                ]
        elif state == JobState.DEAD:
            sources += [_Source("zset", f"{base}:dead:{name}", "") for name in chosen]
        else:
            key = {"scheduled": "scheduled", "processing": "processing"}.get(state, "finished")
            source = _Source("zset", f"{base}:{key}", "")
            if source not in sources:
                sources.append(source)
    return sources


def _some(base: str, source: _Source, position: str, want: int) -> Question[tuple[list[str], str]]:
    """Up to `want` ids of a source from a position on, and the position behind them ("" at its end)."""
    if source.kind == "lane":
        if not position:
            cursor = yield ("HGET", f"{base}:marks", f"c{source.lane}")
            position = text(cursor) if cursor else "0-0"
        rows = yield ("XRANGE", source.key, f"({position}", "+", "COUNT", want)
        ids = [text(f[1]) if f[0] == b"ref" else f"{source.lane}-{text(entry)}" for entry, f in rows]
        return ids, text(rows[-1][0]) if len(rows) == want else ""
    start = int(position or 0)
    command = "LRANGE" if source.kind == "list" else "ZRANGE"
    rows = yield (command, source.key, start, start + want - 1)
    return [text(row).partition("/")[0] for row in rows], str(start + want) if len(rows) == want else ""


def _advance(source: _Source, position: str, ids: Sequence[str], at: int) -> str:
    """The position behind the id at `at` of those just read."""
    if source.kind == "lane":
        place = keys.place(ids[at])
        return f"{place.ms}-{place.seq}" if place else position
    return str(int(position or 0) + at + 1)


def queues() -> Question[dict[str, Any]]:
    """Figures of every queue by name."""
    depths: calls.Depths = yield calls.figures(())
    return depths.queues
