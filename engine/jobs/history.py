"""What became of a job, from its first moment on: read from the story in its record, or from what little is known of a
job that has none, because nothing went wrong with it.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.jobs.states import JobState

_LINE = re.compile(r"(\d+) (\S+)(?: (\S+))?(?: @(\d+))?(?: (.+))?")
_DROPPED = re.compile(r"~(\d+)")


class Event(msgspec.Struct, frozen=True):
    """One step of a job's way.

    Attributes:
        at: epoch seconds by the store's clock; None = it was not written down.
        what: enqueued, claimed, released, rescued, crashed, retried, postponed, promoted, asked (to stop), cancelled,
            buried, requeued, completed; or omitted: so many events (`why`) were too many to keep.
        who: the worker's incarnation, or who asked for it; None = nobody in particular.
        why: the error or cause. due: when it is to be run again, epoch seconds.
    """

    at: float | None
    what: str
    who: str | None = None
    why: str | None = None
    due: float | None = None


def history(
    enqueued_at: float, state: JobState, fields: Mapping[str, Any] | None = None, owner: str | None = None
) -> list[Event]:
    """The events of a job, oldest first.

    Args:
        enqueued_at: epoch seconds, from its id.
        state: where it is now.
        fields: its record, as far as it has one; values are bytes.
        owner: incarnation of the worker that holds its lease now.
    """
    fields = fields or {}
    events = [Event(enqueued_at, "enqueued")]
    if "y" in fields:
        events += _told(fields["y"])
    elif "b" in fields:
        events.append(Event(_seconds(fields["b"]), "claimed", _text(fields.get("w"))))
    if state == JobState.PROCESSING and owner and events[-1].what not in ("claimed", "asked"):
        events.append(Event(None, "claimed", owner))
    if state == JobState.COMPLETED and events[-1].what != "completed":
        events.append(Event(_seconds(fields.get("f")), "completed", _text(fields.get("w"))))
    return events


def _told(story: bytes) -> list[Event]:
    events: list[Event] = []
    for line in story.decode("utf-8", "replace").split("\n"):
        event = _event(line)
        if event is None or (events and _again(events[-1], event)):
            continue
        events.append(event)
    return events


def _event(line: str) -> Event | None:
    dropped = _DROPPED.fullmatch(line)
    if dropped:
        return Event(None, "omitted", why=dropped[1])
    match = _LINE.fullmatch(line.rstrip())
    if match is None:
        return None
    ms, what, who, due, why = match.groups()
    return Event(int(ms) / 1000, what, None if who == "-" else who, why, int(due) / 1000 if due else None)


def _again(before: Event, event: Event) -> bool:
    """A claim whose reply was lost is answered again, and written down again."""
    return event.what == before.what == "claimed" and event.who == before.who


def _seconds(ms: bytes | None) -> float | None:
    return float(ms) / 1000 if ms else None


def _text(value: bytes | None) -> str | None:
    return value.decode("utf-8", "replace") if value else None
