"""Schedules, as they are shown."""

from typing import Any

from gateway.shapes.base import Count, Moment, Shape


class ScheduleBody(Shape):
    """What runs by the clock."""

    name: str
    origin: str
    task: str
    cron: str
    timezone: str
    queue: str | None
    payload: Any
    misfire: Any
    overlap: Any
    jitter_seconds: float
    paused: bool
    next: list[Moment]
    waiting: bool
    last_job: str | None
    last_status: str | None
    last_fired_at: Moment | None
    last_success_at: Moment | None
    fired: Count
    skipped: Count
    missed: Count


class ScheduleList(Shape):
    """All schedules."""

    schedules: list[ScheduleBody]


class NextTimes(Shape):
    """Its next times."""

    name: str
    next: list[Moment]


class Started(Shape):
    """The job that was made now."""

    id: str
    schedule: str
