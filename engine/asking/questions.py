"""What is asked of the store, each as a question (engine/store/question.py): one job, many, the workers, the queues."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.asking.peek import peek
from engine.asking.sayings import read_log
from engine.errors import JobNotFound
from engine.jobs.job import Job, Log, StoreFigures, WorkerInfo
from engine.store import calls
from engine.store.calls import text
from engine.store.question import Question
from engine.store.storeinfo import store_figures

PEEK = 200  # jobs looked at in one script

_info = msgspec.msgpack.Decoder(WorkerInfo)


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


def many(ids: Sequence[str], *, brief: bool = False) -> Question[dict[str, Job]]:
    """Those of these jobs that were ever issued; `brief`: see `peek`."""
    found: dict[str, Job] = {}
    for start in range(0, len(ids), PEEK):
        for job in (yield peek(ids[start : start + PEEK], brief=brief)):
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


def queues() -> Question[dict[str, Any]]:
    """Figures of every queue by name."""
    depths: calls.Depths = yield calls.figures(())
    return depths.queues
