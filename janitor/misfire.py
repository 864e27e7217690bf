"""Which slots of a schedule are to fire now. Pure: all that it needs comes in by argument.

last turn     too old      missed          on time    now      next
----|-----x----x----x----|--x---x---x--|-----x----------|--------x-->
                 misfire_max           ON_TIME
"""

from typing import NamedTuple

from engine.schedules.cron import Cron
from engine.schedules.schedule import Schedule

ON_TIME = 10.0
"""Seconds: a slot this young was not missed; it fires whatever the misfire policy says."""

LIMIT = 20
"""Slots of one schedule a pass."""

COUNTED = 1000
"""Missed slots are counted so far: who missed more has other worries than their number."""


class Plan(NamedTuple):
    """What to do about one schedule.

    Attributes:
        slots: these are to fire, oldest first.
        missed: so many have gone by before the first of them, or up to `gone`.
        gone: when none is to fire: the newest of those that have gone by.
        due: when the next slot fires, epoch seconds; None = never.
        more: there are more to fire than a pass may.
    """

    slots: list[int]
    missed: int
    gone: int | None
    due: float | None
    more: bool = False


def plan(cron: Cron, schedule: Schedule, last: int, now: float) -> Plan:
    """What to do, `last` being the last slot that had its turn and `now` the store's time in epoch seconds."""
    first = cron.after(last)
    if first is None or _due(cron, schedule, first) > now:
        return Plan([], 0, None, None if first is None else _due(cron, schedule, first))
    newest = cron.last(int(now)) or first
    if newest > first and _due(cron, schedule, newest) > now:
        newest = cron.last(newest - 1) or first  # jitter never reaches the next slot: the one before it is due
    following = cron.after(newest)
    due = None if following is None else _due(cron, schedule, following)
    slots = _chosen(cron, schedule, last, newest, now)
    more = len(slots) > LIMIT
    before = slots[0] - 1 if slots else newest
    missed = len(cron.between(last, before, COUNTED))
    return Plan(slots[:LIMIT], missed, None if slots else newest, due, more)


def _chosen(cron: Cron, schedule: Schedule, last: int, newest: int, now: float) -> list[int]:
    """The slots to fire among those later than `last`, up to `newest`; at most one more than LIMIT."""
    if schedule.misfire == "all":
        oldest = now - max(schedule.misfire_max, ON_TIME)
        start = cron.last(int(oldest)) or last  # the ones before it are due before it, thus too old
        slots = cron.between(max(last, start - 1), newest, LIMIT + 2)
        return [slot for slot in slots if _due(cron, schedule, slot) >= oldest][: LIMIT + 1]
    slots = []
    slot: int | None = newest
    while slot is not None and slot > last and now - _due(cron, schedule, slot) <= ON_TIME:
        slots.insert(0, slot)
        slot = cron.last(slot - 1)
    if not slots and schedule.misfire == "once" and now - _due(cron, schedule, newest) <= schedule.misfire_max:
        return [newest]
    return slots


def _due(cron: Cron, schedule: Schedule, slot: int) -> float:
    return cron.due(slot, schedule.name, schedule.jitter)
