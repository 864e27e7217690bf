"""`client.schedules`: list them, put and delete, preview, pause, resume, run one now. Each written once as a question
that both clients ask.
"""

import difflib
from collections.abc import Sequence
from typing import Any

from engine.asking.asking import Asks, AsksLater
from engine.asking.questions import many
from engine.jobs.job import Job
from engine.jobs.states import JobState
from engine.schedules import schedule as verbs
from engine.schedules.schedule import Schedule, ScheduleInfo, ScheduleNotFound
from engine.store import keys
from engine.store.calls import Call, text
from engine.store.question import Question

UPCOMING = 5  # slots shown ahead
DAY = 86400.0


class Schedules:
    """The schedules of a namespace: those of janitors' config files, and those that were put. Janitors fire both."""

    def __init__(self, client: Asks, base: str) -> None:
        self._client = client
        self._base = base

    def list(self, upcoming: int = UPCOMING) -> "list[ScheduleInfo]":
        """All of them by name, with their next slots and what became of the last."""
        return self._client.ask(listed(self._base, upcoming))

    def show(self, name: str, upcoming: int = UPCOMING) -> ScheduleInfo:
        """One of them. Raises ScheduleNotFound."""
        return self._client.ask(shown(self._base, name, upcoming))

    def put(self, schedule: Schedule) -> bool:
        """Make this schedule, or replace the one of its name; whether it is new.

        A new one, and one whose `cron` or `timezone` was changed, starts from now; all other changes leave it where
        it is. Janitors hear of it within their interval.

        Raises:
            ScheduleTaken: a config file has that name. ValueError, PayloadError: it cannot be.
        """
        return self._client.run(checked(schedule))

    def delete(self, name: str) -> bool:
        """It fires no more, and jobs that it made go on; False: there is none. Raises ScheduleTaken (see `put`)."""
        return self._client.run(verbs.retract(name))

    def next(self, name: str, count: int = UPCOMING) -> Sequence[float]:
        """The next `count` slots, in epoch seconds; those it would have, when it is paused. Raises ScheduleNotFound."""
        return self._client.ask(previewed(self._base, name, count))

    def pause(self, name: str) -> bool:
        """Its slots go by until it is resumed; whether that changed anything. Raises ScheduleNotFound."""
        return self._client.ask(halted(self._base, name, paused=True))

    def resume(self, name: str) -> bool:
        """It fires again, from the next slot on; whether that changed anything. Raises ScheduleNotFound."""
        return self._client.ask(halted(self._base, name, paused=False))

    def run(self, name: str) -> str:
        """Its job now, even while it is paused or an earlier one runs; the job's id.

        Raises:
            ScheduleNotFound: there is none of that name. QueueFull, StoreFull, StoreDown: not now.
        """
        return self._client.ask(started(self._base, name))


class AsyncSchedules:
    """See `Schedules`: arguments, results and errors are the same."""

    def __init__(self, client: AsksLater, base: str) -> None:
        self._client = client
        self._base = base

    async def list(self, upcoming: int = UPCOMING) -> "list[ScheduleInfo]":
        """All of them; see `Schedules.list`."""
        return await self._client.ask(listed(self._base, upcoming))

    async def show(self, name: str, upcoming: int = UPCOMING) -> ScheduleInfo:
        """One of them; see `Schedules.show`."""
        return await self._client.ask(shown(self._base, name, upcoming))

    async def put(self, schedule: Schedule) -> bool:
        """Make or replace it; see `Schedules.put`."""
        return await self._client.run(checked(schedule))

    async def delete(self, name: str) -> bool:
        """It fires no more; see `Schedules.delete`."""
        return await self._client.run(verbs.retract(name))

    async def next(self, name: str, count: int = UPCOMING) -> Sequence[float]:
        """The next `count` slots; see `Schedules.next`."""
        return await self._client.ask(previewed(self._base, name, count))

    async def pause(self, name: str) -> bool:
        """Its slots go by; see `Schedules.pause`."""
        return await self._client.ask(halted(self._base, name, paused=True))

    async def resume(self, name: str) -> bool:
        """It fires again; see `Schedules.resume`."""
        return await self._client.ask(halted(self._base, name, paused=False))

    async def run(self, name: str) -> str:
        """Its job now; see `Schedules.run`."""
        return await self._client.ask(started(self._base, name))


def listed(base: str, upcoming: int) -> Question[list[ScheduleInfo]]:
    """All schedules by name."""
    return (yield from _infos(base, (yield from _declared(base)), upcoming))


def shown(base: str, name: str, upcoming: int) -> Question[ScheduleInfo]:
    """One schedule.

    Raises:
        ScheduleNotFound: there is none of that name.
    """
    found = yield from _declared(base)
    infos = yield from _infos(base, {name: found[name]} if name in found else {}, upcoming)
    if not infos:
        raise _absent(name, found)
    return infos[0]


def _infos(base: str, found: dict[str, Schedule], upcoming: int) -> Question[list[ScheduleInfo]]:
    seconds, _ = yield ("TIME",)
    states = {}
    for name in found:
        rows = yield ("HGETALL", f"{base}:schedule:{name}")
        states[name] = {text(rows[i]): text(rows[i + 1]) for i in range(0, len(rows), 2)}
    jobs = yield from many([state["job"] for state in states.values() if "job" in state])
    return [_info(found[name], states[name], jobs, int(seconds), upcoming) for name in sorted(found) if states[name]]


def checked(one: Schedule) -> Call[bool]:
    """Put it.

    Raises:
        ValueError, PayloadError: it cannot be.
    """
    from engine.schedules.cron import Cron

    Cron(one.cron, one.timezone)
    call = verbs.put(one)
    if verbs.read(call.args[1]) is None or not 0 <= one.jitter <= DAY or one.misfire_max < 0:
        raise ValueError(f"a value of schedule {one.name!r} cannot be: {one!r}"[:1000])
    if one.queue is not None:
        keys.name(one.queue, "queue")
    return call


def previewed(base: str, name: str, count: int) -> Question[list[float]]:
    """The next slots.

    Raises:
        ScheduleNotFound: there is none of that name. ValueError: this host has not its time zone.
    """
    found = yield from _declared(base)
    if name not in found:
        raise _absent(name, found)
    seconds, _ = yield ("TIME",)
    slot = yield ("HGET", f"{base}:schedule:{name}", "slot")
    from engine.schedules.cron import Cron

    cron = Cron(found[name].cron, found[name].timezone)
    return [float(one) for one in cron.upcoming(max(int(seconds), int(slot or 0)), count)]


def halted(base: str, name: str, *, paused: bool) -> Question[bool]:
    """Pause or resume.

    Raises:
        ScheduleNotFound: there is none of that name.
    """
    changed: int = yield verbs.halt(name, paused=paused)
    if changed < 0:
        raise _absent(name, (yield from _declared(base)))
    return bool(changed)


def started(base: str, name: str) -> Question[str]:
    """Run now.

    Raises:
        ScheduleNotFound: there is none of that name.
    """
    found = yield from _declared(base)
    if name not in found:
        raise _absent(name, found)
    job: str = yield verbs.run(found[name])
    return job


def _declared(base: str) -> Question[dict[str, Schedule]]:
    rows = yield ("HGETALL", f"{base}:schedules")
    found = {text(rows[i]): verbs.read(rows[i + 1]) for i in range(0, len(rows), 2)}
    return {name: schedule for name, schedule in found.items() if schedule is not None}


def _absent(name: str, known: dict[str, Schedule]) -> ScheduleNotFound:
    close = difflib.get_close_matches(name[:100], known, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return ScheduleNotFound(f"there is no schedule {name[:100]!r}{hint}; they are in config files of janitors, or put")


def _info(schedule: Schedule, state: dict[str, str], jobs: dict[str, Job], now: int, upcoming: int) -> ScheduleInfo:
    paused = state.get("paused") == "1"
    job = state.get("job")
    return ScheduleInfo(
        schedule=schedule,
        origin=next((field[3:] for field in sorted(state) if field.startswith("by:")), ""),
        paused=paused,
        next=[] if paused else _next(schedule, max(now, int(state.get("slot", 0))), upcoming),
        last_slot=float(state.get("slot", 0)),
        last_fired_at=_moment(state, "at"),
        last_job=job,
        last_state=_state(jobs.get(job or ""), state),
        last_success_at=_moment(state, "success"),
        fired=int(state.get("fired", 0)),
        skipped=int(state.get("skipped", 0)),
        missed=int(state.get("missed", 0)),
        waiting="held" in state,
    )


def _next(schedule: Schedule, now: int, count: int) -> list[float]:
    from engine.schedules.cron import Cron  # cronsim is only needed by those who ask

    try:
        return [float(slot) for slot in Cron(schedule.cron, schedule.timezone).upcoming(now, count)]
    except ValueError:  # a zone that this host does not have
        return []


def _moment(state: dict[str, str], field: str) -> float | None:
    return float(state[field]) / 1000 if field in state else None


def _state(job: Job | None, state: dict[str, Any]) -> JobState | None:
    if job is not None and job.type:
        return job.state
    ended = state.get("ended", "")
    return JobState(ended) if ended in list(JobState) else None
