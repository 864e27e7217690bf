"""Schedules: what is to run when, and the calls that fire, declare and look at them. No input or output here."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from engine import keys, payload
from engine.calls import Call, text
from engine.errors import EngineError, QueueFull
from engine.states import JobState

KEPT = 3600.0  # seconds for which a schedule's job keeps its record, so that how it ended can be seen
STALE = 86400.0  # seconds for which the word of a janitor that fell silent keeps a schedule alive


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """What a config file says of one schedule.

    Attributes:
        cron: five fields, or six with seconds in front.
        queue: None = the queue of the task.
        misfire: what to do about slots that were missed; none older than `misfire_max` seconds is made up for.
        overlap: what to do at a slot while a job of an earlier one has not ended.
        jitter: seconds by which a firing may be late, on purpose.
    """

    name: str
    task: str
    cron: str
    timezone: str = "UTC"
    payload: Any = None
    queue: str | None = None
    misfire: Literal["once", "skip", "all"] = "once"
    misfire_max: float = 3600.0
    overlap: Literal["allow", "skip", "queue_one"] = "allow"
    jitter: float = 0.0
    paused: bool = False


class ScheduleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule as it stands. Times are seconds since the epoch, by the store's clock.

    Attributes:
        next: the next slots (none while it is paused).
        last_slot: the last slot that had its turn; it begins with the moment the schedule was first declared.
        last_job: id of the job of the last firing; `last_state`: where it is, or how it ended; None = unknown.
        fired, skipped, missed: how many slots (and runs by hand) became jobs, were passed over because an earlier job
            had not ended, went by unseen.
        waiting: a firing waits for the end of the job before it.
    """

    schedule: Schedule
    paused: bool
    next: list[float]
    last_slot: float
    last_fired_at: float | None
    last_job: str | None
    last_state: JobState | None
    last_success_at: float | None
    fired: int
    skipped: int
    missed: int
    waiting: bool


class ScheduleNotFound(EngineError):
    """No janitor has declared a schedule of that name."""


class Sight(NamedTuple):
    """How far a schedule has come: slots in seconds; `held` waits until none of the `open` jobs is left."""

    slot: int
    held: int | None
    open: int
    paused: bool


class Seen(NamedTuple):
    """The store's time (epoch seconds) and each schedule; None = the store does not know it."""

    now: float
    sights: list[Sight | None]


class Fired(NamedTuple):
    """What came of a slot: "fired" (then `job` is its id), "held", "skipped", "passed", "paused", "late", "early",
    "unknown", "full" (then `full` says of what).
    """

    outcome: str
    job: str | None = None
    full: QueueFull | None = None


_definition = msgspec.msgpack.Decoder(Schedule)
_OPTIONS = payload.encode_options(payload.Options(k=KEPT))


def read(definition: bytes) -> Schedule | None:
    """The schedule in these bytes; None when they are none (written by a release that has other keys)."""
    try:
        return _definition.decode(definition)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def declare(origin: str, schedules: Sequence[Schedule], stale: float = STALE) -> Call[list[str]]:
    """These are the schedules of the file `origin`; the names of those that no file has any more, removed.

    Raises:
        PayloadError, ValueError: a schedule cannot be stored.
    """
    args: list[Any] = [origin, round(stale * 1000)]
    for one in schedules:
        payload.encode(one.payload)
        keys.name(one.task, "task")
        args += [keys.name(one.name, "schedule"), payload.encode(one, what="schedule")]
        args += [f"{one.cron} {one.timezone}", int(one.paused)]
    return Call("declare", args, lambda reply: [text(name) for name in reply[1]])


def look(names: Sequence[str]) -> Call[Seen]:
    """How far these schedules have come."""
    return Call("look", list(names), _seen)


def _seen(reply: Any) -> Seen:
    now, *rows = reply
    sights = [
        Sight(int(slot), int(held) if held else None, int(count), bool(paused)) if slot else None
        for slot, held, count, paused in rows
    ]
    return Seen(now / 1000, sights)


def fire(schedule: Schedule, slot: int, *, missed: int = 0, go_by: bool = False) -> Call[Fired]:
    """A slot has come, and `missed` went by unseen. `go_by`: this one was among them and makes no job."""
    how = "pass" if go_by else schedule.overlap
    return Call("fire", [schedule.name, slot, how, missed, *_job(schedule)], _fired)


def _fired(reply: Any) -> Fired:
    outcome = text(reply[0])
    if outcome == "full":
        return Fired(outcome, full=QueueFull(text(reply[1]), int(reply[2])))
    return Fired(outcome, text(reply[1]) if outcome == "fired" else None)


def run(schedule: Schedule) -> Call[str]:
    """Its job now, whatever its slots, its pause and its overlap say; the job's id."""

    def started(reply: Any) -> str:
        if not isinstance(reply, list):
            return text(reply)
        if reply[0] == b"full":
            raise QueueFull(text(reply[1]), int(reply[2]))
        raise ScheduleNotFound(f"there is no schedule {schedule.name!r} any more")

    return Call("run", [schedule.name, *_job(schedule)], started, remembered=True)


def _job(schedule: Schedule) -> list[Any]:
    return [schedule.queue or "", schedule.task, payload.encode(schedule.payload), _OPTIONS]


def halt(name: str, *, paused: bool) -> Call[int]:
    """Pause a schedule or resume it: 1 = that changed something, 0 = it did not, -1 = there is none of that name."""
    return Call("halt", [name, int(paused)], int)
