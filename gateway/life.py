"""The life of one job as server-sent events: which are new since a client last heard, and how they are written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from engine import Event, Job
from engine.jobs.states import FINISHED
from gateway.answers import encode, event_view, job_view, moment
from gateway.streams import Seen

_ID = re.compile(r"(\d{1,9})\.(\d{1,9})(\.end)?", re.ASCII)


class Position(NamedTuple):
    """How much of a job's life a client has heard: it travels as the id of each event.

    Attributes:
        story: events of its history. log: lines that it said. ended: it has heard of its end.
    """

    story: int = 0
    log: int = 0
    ended: bool = False

    def __str__(self) -> str:
        return f"{self.story}.{self.log}{'.end' if self.ended else ''}"


class Told(NamedTuple):
    """One event: its name, what it says, and where it leaves the client."""

    name: str
    data: Mapping[str, Any]
    position: Position


def position(last_event_id: str | None) -> Position:
    """Where a client says it is; one that says nothing, or nothing of ours, is at the beginning. Pure."""
    match = _ID.fullmatch((last_event_id or "").strip())
    return Position(int(match[1]), int(match[2]), ended=bool(match[3])) if match else Position()


def new(seen: Seen, at: Position, progress: Any) -> Iterator[Told]:
    """What is new since then: its story, its lines, its progress when that is another, its end. Pure."""
    job = seen.job
    for event, count in _numbered(job.history):
        if count > at.story:
            at = at._replace(story=count)
            yield Told("state", {"status": job.state.value, **event_view(event)}, at)
    if seen.log is not None:
        skipped = max(0, seen.log.dropped - at.log)
        if skipped:
            at = at._replace(log=seen.log.dropped)
            yield Told("dropped", {"lines": skipped}, at)
        for line in seen.log.lines[max(0, at.log - seen.log.dropped) :]:
            at = at._replace(log=at.log + 1)
            yield Told("log", {"at": moment(line.at), "text": line.text}, at)
    if job.progress is not None and job.progress != progress:
        said = job.progress
        yield Told("progress", {"fraction": said.fraction, "text": said.text, "at": moment(said.at)}, at)
    if has_ended(job):
        yield Told("end", job_view(job), at._replace(ended=True))


def has_ended(job: Job) -> bool:
    """Whether nobody works on it any more."""
    return job.state in FINISHED


def _numbered(history: Sequence[Event]) -> Iterator[tuple[Event, int]]:
    """Each event with how many there were up to it; those that were too many to keep count too."""
    count = 0
    for event in history:
        why = event.why or ""
        count += int(why) if event.what == "omitted" and why.isdigit() else 1
        yield event, count


def written(told: Told) -> bytes:
    """The event as it goes over the wire; JSON has no raw line breaks."""
    return f"id: {told.position}\nevent: {told.name}\ndata: ".encode() + encode(dict(told.data)) + b"\n\n"
