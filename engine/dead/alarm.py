"""Alarms about dead letters and parked jobs: who of any number of watchers tells of what, decided in the store. No
input or output here.

A queue's alarm is raised when its dead letters reach a limit, and is over when they have fallen below four fifths of
it; that of parked jobs at the first, and is over when there are none. A group of dead letters
(see `engine.dead.fingerprint`) is new when none of it died in the last seven days.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.asking.questions import PEEK
from engine.dead import graveyard
from engine.dead.deaths import Death, deaths
from engine.dead.fingerprint import fingerprint, sense
from engine.dead.graveyard import Position
from engine.entrance.webhook import Target
from engine.payloads import payload
from engine.store.calls import Call, text
from engine.store.question import Question

GROUP_FORGOTTEN = 7 * 86400.0
"""Seconds after which a group of which none died is new again."""

MOST_TOLD = 10
"""New groups told of one by one in one round; a flood of more is one number."""


class Memory(NamedTuple):
    """What was told: queues with an alarm, those with parked jobs, and how far each queue's dead letters were looked
    at.
    """

    alarms: frozenset[str]
    parking: frozenset[str]
    looked: dict[str, Position]


class Group(NamedTuple):
    """A group of which dead letters were seen, with the last of them."""

    fingerprint: str
    queue: str
    type: str
    error: str
    message: str
    example: str


class Sight(NamedTuple):
    """Groups of dead letters that were looked at, how far that was (None: there were none), whether there are more."""

    groups: list[Group]
    upto: Position | None
    more: bool


def memory(base: str) -> Question[Memory]:
    """What was told so far."""
    alarms = yield ("HKEYS", f"{base}:alarms")
    parking = yield ("HKEYS", f"{base}:parking")
    rows = yield ("HGETALL", f"{base}:looked")
    looked = {text(rows[i]): Position.read(text(rows[i + 1])) for i in range(0, len(rows), 2)}
    return Memory(frozenset(map(text, alarms)), frozenset(map(text, parking)), looked)


def fresh(base: str, queue: str, position: Position | None) -> Question[Sight]:
    """What the next dead letters behind a position died of; PEEK of them at most are looked at."""
    now = yield from graveyard.clock()
    before = position or Position(queue)
    rows = yield from graveyard.after(base, before)
    # What dies in this very millisecond may yet get a neighbour in front of it.
    new = [row for row in rows if (row.ms, row.id) > (before.ms, before.id) and row.ms < now]
    if not new:
        return Sight([], None, more=False)
    found = [_group(queue, death) for death in (yield deaths([row.id for row in new])) if death.type]
    return Sight(list({group.fingerprint: group for group in found}.values()), new[-1], more=len(new) == PEEK)


def _group(queue: str, death: Death) -> Group:
    mark = fingerprint(queue, death.type, death.error)
    return Group(mark, queue, death.type, *sense(death.error), death.id)


def cross(queue: str, limit: int, url: str | None) -> Call[int]:
    """Raise the queue's alarm, or end it, as its dead letters stand now (a limit of 0 ends it).

    How many there are when this raised it; -1 when this ended it; 0 when nothing changed.
    """
    # The script adds how many there are: the last value of the map.
    data = b"\x83" + b"".join(map(payload.encode, ("queue", queue, "limit", limit, "count")))
    said = _webhook("dlq.threshold", url, data)
    return Call("alarm", [queue, limit, over_at(limit), *said, "dead"], int, remembered=True)


def cross_parked(queue: str, url: str | None) -> Call[int]:
    """Say that the queue has parked jobs, or that it has none any more, as it stands now; answers as `cross`."""
    data = b"\x82" + b"".join(map(payload.encode, ("queue", queue, "count")))
    return Call("alarm", [queue, 1, 1, *_webhook("jobs.parked", url, data), "parked"], int, remembered=True)


def over_at(limit: int) -> int:
    """Below so many dead letters an alarm is over."""
    return -(-limit * 4 // 5)


def notice(queue: str, groups: Sequence[Group], position: Position, url: str | None) -> Call[list[str]]:
    """These groups were seen up to that position; the fingerprints of those that are new to all."""
    args: list[Any] = [queue, str(position), round(GROUP_FORGOTTEN * 1000), MOST_TOLD]
    for group in groups:
        args += [group.fingerprint, *_webhook("dlq.new_group", url, payload.encode(group._asdict()))]
    return Call("notice", args, lambda reply: text(reply).split(), remembered=True)


def _webhook(event: str, url: str | None, data: bytes) -> list[bytes]:
    """A webhook's payload in two pieces, between which the script puts the time; empty when it goes to nobody."""
    if url is None:
        return [b"", b""]
    before = b"\x84" + b"".join(map(payload.encode, ("event", event, "target", Target(url), "at")))
    return [before, payload.encode("data") + data]
