"""Listings of jobs, page by page: from where they stand, source after source."""

from collections.abc import Sequence
from typing import NamedTuple

from engine.asking.questions import PEEK, many
from engine.jobs.job import Job, Page
from engine.jobs.states import JobState
from engine.store.calls import text
from engine.store.question import Question

LOOKS = 20  # scripts in one page: a rare type in a long queue is found by going on with the cursor
APART = 1_000_000  # lanes from this number on are lanes apart (docs/lanes.md)


class _Source(NamedTuple):
    """A key that holds ids of jobs in some of the states.

    Attributes:
        at: its place among all. Lanes apart come and go: theirs is their number, so that a cursor outlives them.
    """

    kind: str  # "list", "lane", "zset", or "newest": a zset from its end
    key: str
    lane: str
    at: int


def jobs(
    base: str,
    *,
    state: str | None,
    queue: str | None,
    type: str | None,
    limit: int,
    cursor: str | None,
    brief: bool = False,
) -> Question[Page]:
    """Some jobs, oldest first within a state and lane; those that have ended newest first, for whoever looks at them
    asks what just happened. Go on with the page's cursor. `brief`: see `peek`.

    Raises:
        ValueError: the state or the cursor is none.
    """
    states = [JobState(state)] if state else list(JobState)
    at, position = _read_cursor(cursor)
    found: list[Job] = []
    looks = 0
    for source in (yield from _sources(base, states, queue)):
        if source.at < at:
            continue
        here: str | None = position if source.at == at else ""
        while here is not None:
            if looks == LOOKS:
                return Page(found, f"{source.at}:{here}")
            looks += 1
            rows, after = yield from _some(base, source, here, min(PEEK, max(limit - len(found), 20)))
            seen = yield from many([job_id for job_id, _ in rows], brief=brief)
            for job_id, behind in rows:
                job = seen.get(job_id)
                if job and job.state in states and queue in (None, job.queue) and type in (None, job.type):
                    found.append(job)
                    if len(found) == limit:
                        return Page(found, f"{source.at}:{behind}")
            here = after
    return Page(found, None)


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
    keys: list[tuple[str, str, str]] = []
    for state in states:
        if state == JobState.PENDING:
            for lane in chosen.values():
                keys += [("list", f"{base}:head:{lane}", lane), ("lane", f"{base}:lane:{lane}", lane)]
        elif state == JobState.DEAD:
            keys += [("zset", f"{base}:dead:{name}", "") for name in chosen]
        else:
            key = {"scheduled": "scheduled", "processing": "processing"}.get(state, "finished")
            kind = "newest" if key == "finished" else "zset"
            if (kind, f"{base}:{key}", "") not in keys:
                keys.append((kind, f"{base}:{key}", ""))
    found = [_Source(*key, number) for number, key in enumerate(keys)]
    if JobState.PENDING in states:
        apart: list[int] = []
        for name in chosen:
            apart += [int(lane) for lane in (yield ("HKEYS", f"{base}:state:{name}"))]
        for number in sorted(apart):
            found.append(_Source("list", f"{base}:head:{number}", str(number), APART + 2 * number))
            found.append(_Source("lane", f"{base}:lane:{number}", str(number), APART + 2 * number + 1))
    return found


def _some(base: str, source: _Source, position: str, want: int) -> Question[tuple[list[tuple[str, str]], str | None]]:
    """Up to `want` ids from a position on, each with the position behind it; then that behind all, None at the end."""
    if source.kind == "lane":
        if not position:
            cursor = yield ("HGET", f"{base}:marks", f"c{source.lane}")
            position = text(cursor) if cursor else "0-0"
        rows = yield ("XRANGE", source.key, f"({position}", "+", "COUNT", want)
        entries = [(text(entry), fields) for entry, fields in rows]
        found = [(text(f[1]) if f[0] == b"ref" else f"{source.lane}-{entry}", entry) for entry, f in entries]
        return found, found[-1][1] if len(rows) == want else None
    start = int(position or 0)
    command = {"list": "LRANGE", "newest": "ZREVRANGE"}.get(source.kind, "ZRANGE")
    rows = yield (command, source.key, start, start + want - 1)
    found = [(text(row).partition("/")[0], str(start + n)) for n, row in enumerate(rows, 1)]
    return found, str(start + want) if len(rows) == want else None
