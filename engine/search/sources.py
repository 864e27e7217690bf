"""Where jobs stand, as places to look through: which of them a query needs at all, and some ids of one of them behind a
position that stays right while jobs come and go.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.jobs.states import JobState
from engine.search.match import Known, Matcher
from engine.store import keys
from engine.store.calls import text
from engine.store.question import Question

MOST_RUNNING = 10_000
"""Leases, and members of one flow, that are read at once; a flow has no more."""

_FLOW = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_POSITIONS = {
    "named": r"\d{1,3}", "flow": r"\d+-\d+-\d+", "head": r"\d+-\d+-\d+", "lane": r"\d{1,15}-\d{1,15}",
    "running": r"\d+-\d+-\d+", "rising": r"\d{1,16}_\d+-\d+-\d+", "falling": r"\d{1,16}_\d+-\d+-\d+",
}  # fmt: skip


class Source(NamedTuple):
    """Some place in the store, or some ids that a query names.

    Attributes:
        rank, lane: make its place among all, the same at any time.
        kind: "named" ids, members of a "flow", the "head" of a lane, the "lane" itself, the "running", or a sorted set
            that is read "rising" or "falling".
        known: what is known of every job in it: one of these.
        said: what a lane apart is for, as `calls.said` of the store has it.
    """

    rank: int
    lane: int
    kind: str
    key: str
    known: tuple[Known, ...] = ()
    said: bytes = b""
    ids: tuple[str, ...] = ()

    @property
    def at(self) -> tuple[int, int, int]:
        """Its place among all; the head of a lane is before the lane."""
        return self.rank, self.lane, int(self.kind == "lane")

    @property
    def is_named(self) -> bool:
        """Whether the query itself says which jobs are in it."""
        return self.kind in ("named", "flow")

    def sizes(self, base: str) -> tuple[tuple[Any, ...], ...]:
        """Commands that ask how many entries it has; a second one says how many of them do not count."""
        match self.kind:
            case "named":
                return ()
            case "flow":
                return (("HLEN", self.key),)
            case "head":
                return (("LLEN", self.key),)
            case "lane":
                return ("XLEN", self.key), ("HGET", f"{base}:marks", f"p{self.lane}")
        return (("ZCARD", self.key),)

    def position(self, text: str) -> str:
        """A position that a cursor says; "" is the beginning.

        Raises:
            ValueError: there is none like it in this source.
        """
        if text and not re.fullmatch(_POSITIONS[self.kind], text):
            raise ValueError("this cursor is of another search: take it from the page before")
        return text


class Entry(NamedTuple):
    """One job in a source: its id, the position behind it, and its fields where the source holds them."""

    id: str
    behind: str
    fields: Sequence[Any] = ()


class Window(NamedTuple):
    """Some entries; `after` is the position behind all that were read, None at the end. `read`: how many those are."""

    entries: list[Entry]
    after: str | None
    read: int


def sources(base: str, matcher: Matcher) -> Question[list[Source]]:
    """The places that a query must look through, in their order: as few as its names, states and queues allow."""
    if (ids := matcher.exact("id")) is not None:
        return [Source(0, 0, "named", "", ids=tuple(one for one in ids if keys.place(one)))]
    if (flows := matcher.exact("workflow")) is not None:
        named = [flow for flow in flows if _FLOW.fullmatch(flow)]
        return [Source(0, number, "flow", f"{base}:flow:{flow}:members") for number, flow in enumerate(named)]
    rows = yield ("HGETALL", f"{base}:lanes")
    lanes = {text(rows[i]): int(rows[i + 1]) for i in range(0, len(rows), 2)}
    chosen = {name: lane for name, lane in lanes.items() if matcher.could_be({"queue": name})}
    found: list[Source] = []
    if matcher.could_be({"state": JobState.PENDING.value}):
        found += yield from _pending(base, matcher, chosen)
    sets = [
        Source(2, 0, "rising", f"{base}:scheduled", _states(JobState.SCHEDULED)),
        Source(3, 0, "running", f"{base}:processing", _states(JobState.PROCESSING)),
        Source(4, 0, "falling", f"{base}:finished", _states(JobState.COMPLETED, JobState.CANCELLED)),
    ]
    for name, lane in chosen.items():
        known = {"state": JobState.DEAD.value, "queue": name}
        sets.append(Source(5, lane, "rising", f"{base}:dead:{name}", (known,)))
    found += [one for one in sets if any(map(matcher.could_be, one.known))]
    return sorted(found, key=lambda one: one.at)


def _states(*states: JobState) -> tuple[Known, ...]:
    return tuple({"state": state.value} for state in states)


def _pending(base: str, matcher: Matcher, queues: dict[str, int]) -> Question[list[Source]]:
    lanes: list[tuple[int, Known, bytes]] = []
    for name, main in queues.items():
        known: Known = {"state": JobState.PENDING.value, "queue": name}
        lanes.append((main, {**known, "tenant": "", "priority": "normal"}, b""))
        apart = [text(lane) for lane in (yield ("HKEYS", f"{base}:state:{name}"))]
        if not matcher.wants("tenant", "priority", "key"):
            lanes += [(int(lane), known, b"") for lane in apart]
        elif apart:
            for lane, said in zip(apart, (yield ("HMGET", f"{base}:said", *apart)), strict=True):
                priority, tenant, *_ = text(said or b"\t\t\t\t").split("\t")
                lanes.append((int(lane), {**known, "tenant": tenant, "priority": priority or "normal"}, said or b""))
    return [
        Source(1, lane, kind, f"{base}:{kind}:{lane}", (known,), said)
        for lane, known, said in lanes
        if matcher.could_be(known)
        for kind in ("head", "lane")
    ]


def window(base: str, source: Source, position: str, want: int, since: int = 0) -> Question[Window]:
    """Up to `want` entries behind a position; where that can be told, without those enqueued before `since` (ms)."""
    match source.kind:
        case "named":
            start = int(position or 0)
            some = source.ids[start : start + want]
            return _window([(one, str(start + n)) for n, one in enumerate(some, 1)], want)
        case "head":
            return (yield from _head(source.key, position, want))
        case "lane":
            return (yield from _lane(base, source, position, want, since))
        case "running" | "flow":
            return (yield from _whole(source, position, want))
    return (yield from _ranked(source, position, want))


def _window(found: list[tuple[str, str]], want: int) -> Window:
    entries = [Entry(*one) for one in found]
    return Window(entries, entries[-1].behind if len(found) == want else None, len(found))


def _head(key: str, position: str, want: int) -> Question[Window]:
    # By its id: whoever is taken from the front moves all others up.
    rank = (yield ("LPOS", key, position)) if position else None
    start = 0 if rank is None else int(rank) + 1
    rows = yield ("LRANGE", key, start, start + want - 1)
    return _window([(text(row), text(row)) for row in rows], want)


def _lane(base: str, source: Source, position: str, want: int, since: int) -> Question[Window]:
    # What stands before the lane's cursor was claimed: it is processing, or given back and in the head.
    claimed = text((yield ("HGET", f"{base}:marks", f"c{source.lane}")) or b"0-0")
    # An entry is never older than its job: one that came back has a new place.
    begin = f"{since - 1}-0" if since > 0 else "0-0"
    start = max(position or "0-0", claimed, begin, key=lambda entry: tuple(map(int, entry.split("-"))))
    rows = yield ("XRANGE", source.key, f"({start}", "+", "COUNT", want)
    entries = []
    for name, fields in rows:
        entry = text(name)
        is_ref = fields[0] == b"ref"
        entries.append(Entry(text(fields[1]) if is_ref else f"{source.lane}-{entry}", entry, () if is_ref else fields))
    return Window(entries, entries[-1].behind if len(rows) == want else None, len(rows))


def _whole(source: Source, position: str, want: int) -> Question[Window]:
    # In the order of ids: leases change their place in the set all the time.
    asked = ("ZRANGE", source.key, 0, MOST_RUNNING - 1) if source.kind == "running" else ("HVALS", source.key)
    ids = {text(row).partition("/")[0] for row in (yield asked)}
    order = sorted((place, one) for one in ids if (place := keys.place(one)))
    start = keys.place(position) if position else None
    rest = [one for place, one in order if start is None or place > start]
    return _window([(one, one) for one in rest[:want]], want)


def _ranked(source: Source, position: str, want: int) -> Question[Window]:
    falling = source.kind == "falling"
    start, behind = 0, (0, "")
    if position:
        score, _, job = position.partition("_")
        behind = int(score), job
        stands = yield ("ZSCORE", source.key, job)
        rank = None
        if stands is not None and int(float(stands)) == behind[0]:  # else it went away, or came back elsewhere
            rank = yield ("ZREVRANK" if falling else "ZRANK", source.key, job)
        start = rank + 1 if rank is not None else (yield from _where_it_was(source.key, *behind, falling=falling))
    rows = yield ("ZREVRANGE" if falling else "ZRANGE", source.key, start, start + want - 1, "WITHSCORES")
    found = [(int(float(rows[i + 1])), text(rows[i])) for i in range(0, len(rows), 2)]
    fresh = [one for one in found if not position or (one < behind if falling else one > behind)]
    entries = [Entry(one, f"{at}_{one}") for at, one in fresh]
    return Window(entries, f"{found[-1][0]}_{found[-1][1]}" if len(found) == want else None, len(found))


def _where_it_was(key: str, score: int, job: str, *, falling: bool) -> Question[int]:
    """The rank at which a job stood that is gone; among many of one millisecond it is sought by halves."""
    bounds = ((f"({score}", "+inf"), (score, "+inf")) if falling else (("-inf", f"({score}"), ("-inf", score))
    low = yield ("ZCOUNT", key, *bounds[0])
    high = yield ("ZCOUNT", key, *bounds[1])
    while low < high:
        middle = (low + high) // 2
        rows = yield ("ZREVRANGE" if falling else "ZRANGE", key, middle, middle)
        if rows and (text(rows[0]) > job if falling else text(rows[0]) < job):
            low = middle + 1
        else:
            high = middle
    return int(low)
