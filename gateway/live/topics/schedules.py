"""`schedules`: what runs by the clock."""

import msgspec

from engine import ScheduleInfo
from gateway.answers import encode
from gateway.live.sources import Round
from gateway.live.table import Reading, Row
from gateway.live.topic import Look, Topic


async def read(round: Round, _: Look) -> Reading:
    """All schedules by name."""
    return Reading([schedule_row(one) for one in await round.sources.client.schedules.list()])


def schedule_row(info: ScheduleInfo) -> Row:
    """One schedule. Pure."""
    one = info.schedule
    return (
        one.name,
        info.origin,
        one.task,
        one.cron,
        one.timezone,
        one.queue,
        msgspec.Raw(encode(one.payload)),
        one.misfire,
        one.overlap,
        one.jitter,
        info.paused,
        list(info.next),
        info.waiting,
        info.last_job,
        info.last_state.value if info.last_state else None,
        info.last_fired_at,
        info.last_success_at,
        info.fired,
        info.skipped,
        info.missed,
    )


COLUMNS = (
    "name", "origin", "task", "cron", "timezone", "queue", "payload", "misfire", "overlap", "jitter_seconds", "paused",
    "next", "waiting", "last_job", "last_status", "last_fired_at", "last_success_at", "fired", "skipped", "missed",
)  # fmt: skip

SCHEDULES = Topic(COLUMNS, read)
