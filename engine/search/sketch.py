"""What is read of a job before it is known to be worth reading whole: a sketch, with the fields that a query names."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.asking.peek import read
from engine.errors import PayloadError
from engine.jobs.job import Job
from engine.payloads import envelope, payload
from engine.search.match import TOO_LONG, Matcher
from engine.search.sources import Entry, Source
from engine.store.calls import Call, text

LONGEST = 64 << 10
"""Bytes of a payload or result that is looked through, when it is plain; a longer one is too long."""

CUT = LONGEST + 1
"""Bytes of it that are read, so that it shows when there are more."""

_ERROR = "e k c fy"
_OF_RECORDS = {
    "type": "", "queue": "", "state": "a", "error": _ERROR, "cause": _ERROR, "group": _ERROR, "attempts": "a",
    "crashes": "c", "releases": "n", "run": "b f", "ended": "f", "due": "d", "workflow": "fi", "header": "o",
    "payload": "p", "result": "r", "text": f"{_ERROR} p r", "id": "", "age": "",
}  # fmt: skip
"""A query's field -> the fields of a job's record that tell it; of the others a record alone tells nothing."""

Weigh = Callable[[Sequence[Any]], None]


def told_by_records(matcher: Matcher) -> Matcher:
    """The part of a query that records tell."""
    return matcher.only(_OF_RECORDS)


def sift(entries: Sequence[Entry], source: Source, matcher: Matcher, weigh: Weigh) -> Call[list[Job | None]]:
    """Sketches of some jobs by their records; None for one that has none. `weigh` is told of each row."""
    names = sorted({name for field in matcher.fields for name in _OF_RECORDS[field].split()} | {"t", "q", "s"})
    state = source.known[0]["state"] if source.known else "pending"

    def sketches(reply: Any) -> list[Job | None]:
        found: list[Job | None] = []
        for entry, row in zip(entries, reply, strict=True):
            weigh([part for part in row if part])
            told = {name: part for name, part in zip(names, row, strict=True) if part is not None}
            fields = [part for pair in told.items() for part in pair]
            found.append(read(entry.id, [told.get("s") or state, "", *fields], searched) if "t" in told else None)
        return found

    return Call("sift", [CUT, " ".join(names), *(entry.id for entry in entries)], sketches)


def of_lane(entry: Entry, source: Source) -> Job | None:
    """A sketch of a pending job by its entry in the lane, which holds all that there is of it."""
    lane = ["z", source.said] if source.said else []
    return read(entry.id, ["pending", "", "q", str(source.known[0]["queue"]), *entry.fields, *lane], searched)


def searched(data: bytes | None) -> Any:
    """A payload or a result as it is looked through: its value, `Sealed`, TOO_LONG, or text where it is not ours."""
    if not data:
        return None
    if len(data) > LONGEST:
        return TOO_LONG
    try:
        if (box := envelope.sealed(data)) is not None:
            return box
        plain = envelope.plain(data, None, b"", LONGEST)
    except PayloadError:
        return TOO_LONG
    try:
        return payload.decode(plain)
    except PayloadError:
        return text(data)
