"""Two years of the clock in four zones, with five schedulers that race: each slot fires once, when it is due.

The store's clock cannot be moved, so the years lie in the past, and the time that the schedulers are told is simulated:
it leaps from slot to slot, as a janitor sleeps. `misfire: skip` makes sure that only what fires on time fires at all.
What must fire is worked out by another way than theirs: by a walk over every half hour of the clock on the wall.
"""

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import Client, Schedule
from engine.clients.engine import Engine
from engine.schedules.schedule import Seen
from janitor.scheduler import Scheduler

pytestmark = [pytest.mark.store, pytest.mark.process, pytest.mark.timeout(240)]

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
BEGIN = int(datetime(2023, 1, 1, tzinfo=UTC).timestamp())
END = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
HALF_HOUR = 1800
LOST = 0.05  # of the firings are said twice: the first reply was lost
RACERS = 5


def schedules() -> list[Schedule]:
    """A set time, and one that follows the clock, in the hours in which clocks change; one of each a zone."""
    made = []
    for zone in ZONES:
        for kind, cron in (("set", "30 2 * * *"), ("plain", "*/30 2 * * SUN")):
            name = f"{zone.rpartition('/')[2].lower()}-{kind}"
            made.append(Schedule(name=name, task="t", cron=cron, timezone=zone, misfire="skip"))
    return made


def expected(one: Schedule) -> list[int]:
    """The slots by the stated rules (docs/schedules.md), found by looking at every half hour."""
    there = ZoneInfo(one.timezone)
    slots, seen = [], set()
    before = datetime.fromtimestamp(BEGIN, there).replace(tzinfo=None)
    for moment in range(BEGIN + HALF_HOUR, END + 1, HALF_HOUR):
        wall = datetime.fromtimestamp(moment, there).replace(tzinfo=None)
        if one.name.endswith("plain"):  # whenever the clock on the wall shows it: not at all, or twice
            if wall.weekday() == 6 and wall.hour == 2:
                slots.append(moment)
            continue
        come = set()
        while before < wall:  # times that the clock jumped over have come too; one that comes twice counts once
            before += timedelta(seconds=HALF_HOUR)
            if (before.hour, before.minute) == (2, 30):
                come.add(before)
        before = wall
        if come - seen:
            slots.append(moment)
        seen |= come
    return slots


class Clock:
    """The simulated time: it leaps when all schedulers sleep, to where the first of them wants to wake."""

    def __init__(self) -> None:
        self.now = float(BEGIN)
        self.sleeps = [0.0] * RACERS
        self.gate = threading.Barrier(RACERS, action=self._leap)

    def _leap(self) -> None:
        self.now += min(self.sleeps)


class Racing(Engine):
    """An engine that is told the simulated time, loses replies, and notes which slots became jobs."""

    def run(self, call: Any) -> Any:
        result = super().run(call)
        if call.script == "look":
            return Seen(self.clock.now, result.sights, result.version)
        if call.script == "fire":
            self.note(call, result)
            if self.chance.random() < LOST:
                result = super().run(call)
                self.note(call, result)
        return result

    def note(self, call: Any, result: Any) -> None:
        """What a firing said, also when nobody heard it."""
        if result.outcome == "fired":
            self.fired.append((call.args[0], call.args[1], self.clock.now))


class Racer(threading.Thread):
    """One of the schedulers."""

    def __init__(self, url: str, number: int, clock: Clock, known: list[Schedule]) -> None:
        super().__init__(daemon=True)
        self.number, self.clock = number, clock
        self.engine = Racing(url, "default", incarnation=number + 1, timeout=10.0)
        self.engine.clock, self.engine.chance = clock, random.Random(number)  # type: ignore[attr-defined]
        self.engine.fired = self.fired = []  # type: ignore[attr-defined]
        self.duty = Scheduler(self.engine, 7 * 86400.0, known, f"host-{number}", clock=lambda: 0.0)

    def run(self) -> None:
        try:
            while self.clock.now < END:
                again_in = self.duty.run_once().again_in
                self.clock.sleeps[self.number] = min(again_in or 0.0, END - self.clock.now)
                self.clock.gate.wait(30)
        except BaseException:
            self.clock.gate.abort()  # nobody waits for one that is gone
            raise
        finally:
            self.engine.close()


def test_over_two_years_in_four_zones_five_schedulers_fire_each_slot_once_and_on_time(
    client: Client, store: Any
) -> None:
    known = schedules()
    clock = Clock()
    racers = [Racer(store.url, number, clock, known) for number in range(RACERS)]
    for racer in racers:
        racer.duty._declare()
    for one in known:
        store.client.hset(f"herdsman:{{default}}:schedule:{one.name}", "slot", BEGIN)
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(200)
        assert not racer.is_alive()
    assert clock.now == END
    fired = [one for racer in racers for one in racer.fired]
    slots = {(one.name, slot) for one in known for slot in expected(one)}
    assert Counter((name, slot) for name, slot, _ in fired) == Counter(slots)
    assert [late for _, slot, now in fired if not 0 <= (late := now - slot) < 1] == []
    assert client.queues()["default"].pending == len(slots) > 4 * 700
    assert {info.schedule.name: info.missed for info in client.schedules.list()} == {one.name: 0 for one in known}
    assert sum(bool(racer.fired) for racer in racers) > 1
