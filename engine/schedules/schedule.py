"""Schedules: what is to run when, and the calls that fire, declare and look at them. No input or output here."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from engine.errors import EngineError, QueueFull, refusal
from engine.jobs.states import JobState
from engine.payloads import payload
from engine.store import keys
from engine.store.calls import Call, text

KEPT = 3600.0  # seconds for which a schedule's job keeps its record, so that how it ended can be seen
STALE = 86400.0  # seconds for which the word of a janitor that fell silent keeps a schedule alive


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """What a config file, or a caller of `client.schedules.put`, says of one schedule. Durations are seconds.

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
    overlap: Literal["allow", "skip", "queue_one", "cancel_old"] = "allow"
    jitter: float = 0.0
    paused: bool = False


class ScheduleInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule as it stands. Times are seconds since the epoch, by the store's clock.

    Attributes:
        origin: "api" when it was put by a client; else the host and file that declare it.
        next: the next slots (none while it is paused).
        last_slot: the last slot that had its turn; it begins with the moment the schedule was first declared.
        last_job: id of the job of the last firing; `last_state`: where it is, or how it ended; None = unknown.
        fired, skipped, missed: how many slots (and runs by hand) became jobs, were passed over because an earlier job
            had not ended, went by unseen.
        waiting: a firing waits for the end of the job before it.
    """

    schedule: Schedule
    origin: str = ""
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
    """No janitor has declared a schedule of that name, and no client has put one."""


class ScheduleTaken(EngineError):
    """A config file has a schedule of that name, so it is changed there.

    Attributes:
        origin: the host and the file.
    """

    def __init__(self, name: str, origin: str) -> None:
        super().__init__(f"the schedule {name!r} is declared by a config file ({origin}): change it there")
        self.origin = origin


class Declared(NamedTuple):
    """What a declaration changed besides: names that no file has any more; names that were put by API until now."""

    removed: list[str]
    taken: list[str]


class Puts(NamedTuple):
    """The schedules that were put by API, as bytes (see `read`), and how often any was put or deleted."""

    version: int
    definitions: list[bytes]


class Sight(NamedTuple):
    """How far a schedule has come: slots in seconds; `held` waits until none of the `open` jobs is left."""

    slot: int
    held: int | None
    open: int
    paused: bool


class Success(NamedTuple):
    """When a schedule's job last succeeded, in epoch seconds (0 = never).

    since: when its times began to count: it was declared, its times were changed, or it was resumed.
    times: the cron expression and the zone, as one text.
    """

    at: float
    since: float
    paused: bool
    times: str


class Seen(NamedTuple):
    """The store's time (epoch seconds) and each schedule; None = the store does not know it.

    version: it grows whenever somebody puts or deletes a schedule (see `Puts`).
    """

    now: float
    sights: list[Sight | None]
    version: int = 0


class Fired(NamedTuple):
    """What came of a slot: "fired" (then `job` is its id), "held", "skipped", "passed", "paused", "late", "early",
    "unknown", "changed" (it has another definition by now), "full" (then `full` says of what).
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


def declare(origin: str, schedules: Sequence[Schedule], stale: float = STALE) -> Call[Declared]:
    """These are the schedules of the file `origin`; those that no file has any more are removed.

    Raises:
        PayloadError, ValueError: a schedule cannot be stored.
    """
    args: list[Any] = [origin, round(stale * 1000)]
    for one in schedules:
        args += _said(one)
    return Call("declare", args, lambda reply: Declared(*([text(name) for name in names] for names in reply[1:])))


def _said(one: Schedule) -> list[Any]:
    payload.encode(one.payload)
    keys.name(one.task, "task")
    definition = payload.encode(one, what="schedule")
    return [keys.name(one.name, "schedule"), definition, f"{one.cron} {one.timezone}", int(one.paused)]


def put(one: Schedule, stale: float = STALE) -> Call[bool]:
    """Make this schedule, or replace the one of its name; whether it is new.

    Raises:
        PayloadError, ValueError: it cannot be stored. ScheduleTaken (when run): a config file has that name.
    """

    def answered(reply: Any) -> bool:
        _check_filed(reply, one.name)
        return bool(reply == b"new")

    return Call("put", [*_said(one), round(stale * 1000)], answered, remembered=True)


def retract(name: str, stale: float = STALE) -> Call[bool]:
    """A schedule that was put is no more; False: there was none. Raises ScheduleTaken when a config file has it."""

    def answered(reply: Any) -> bool:
        _check_filed(reply, name)
        return bool(reply == b"gone")

    return Call("retract", [name, round(stale * 1000)], answered, remembered=True)


def _check_filed(reply: Any, name: str) -> None:
    if isinstance(reply, list) and reply[0] == b"filed":
        raise ScheduleTaken(name, text(reply[1]))


def puts() -> Call[Puts]:
    """What was put by API."""
    return Call("puts", [], lambda reply: Puts(int(reply[0]), list(reply[1])))


def look(names: Sequence[str]) -> Call[Seen]:
    """How far these schedules have come."""
    return Call("look", list(names), _seen)


def _seen(reply: Any) -> Seen:
    now, version, *rows = reply
    sights = [
        Sight(int(slot), int(held) if held else None, int(count), bool(paused)) if slot else None
        for slot, held, count, paused in rows
    ]
    return Seen(now / 1000, sights, int(version))


def successes(most: int) -> Call[dict[str, Success]]:
    """When a job of each schedule last succeeded; of the first `most` by name."""

    def parse(reply: Any) -> dict[str, Success]:
        rows = [reply[i : i + 5] for i in range(0, len(reply), 5)]
        return {
            text(name): Success(at / 1000, since, bool(paused), text(times)) for name, at, since, paused, times in rows
        }

    return Call("successes", [most], parse)


def fire(
    schedule: Schedule, slot: int, *, missed: int = 0, go_by: bool = False, definition: bytes = b""
) -> Call[Fired]:
    """A slot has come, and `missed` went by unseen. `go_by`: this one was among them and makes no job.

    definition: the bytes that `schedule` was read from, when it may have been replaced meanwhile.
    """
    how = "pass" if go_by else schedule.overlap
    return Call("fire", [schedule.name, slot, how, missed, *_job(schedule), definition], _fired)


def _fired(reply: Any) -> Fired:
    outcome = text(reply[0])
    if outcome == "full":
        return Fired(outcome, full=refusal(text(reply[1]), int(reply[2])))
    return Fired(outcome, text(reply[1]) if outcome == "fired" else None)


def run(schedule: Schedule) -> Call[str]:
    """Its job now, whatever its slots, its pause and its overlap say; the job's id."""

    def started(reply: Any) -> str:
        if not isinstance(reply, list):
            return text(reply)
        if reply[0] == b"full":
            raise refusal(text(reply[1]), int(reply[2]))
        raise ScheduleNotFound(f"there is no schedule {schedule.name!r} any more")

    return Call("run", [schedule.name, *_job(schedule)], started, remembered=True)


def _job(schedule: Schedule) -> list[Any]:
    return [schedule.queue or "", schedule.task, payload.encode(schedule.payload), _OPTIONS]


def halt(name: str, *, paused: bool) -> Call[int]:
    """Pause a schedule or resume it: 1 = that changed something, 0 = it did not, -1 = there is none of that name."""
    return Call("halt", [name, int(paused)], int)
