"""Schedulers that race, are cut off, and are real processes."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import Client, Schedule, StoreDown
from engine.clients.engine import Engine
from engine.schedules.cron import Cron
from janitor.scheduler import Scheduler
from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
TWO_YEARS = 2 * 365 * 86400


class Noting(Engine):
    """An engine that notes which slots its `fire` calls made jobs of."""

    def run(self, call: Any) -> Any:
        result = super().run(call)
        if call.script == "fire" and result.outcome == "fired":
            self.fired.append((call.args[0], call.args[1]))
        return result


class Racer(threading.Thread):
    """A scheduler that passes again and again until nothing is left to fire."""

    def __init__(self, url: str, number: int, schedules: list[Schedule], start_together: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.engine = Noting(url, "default", incarnation=number, timeout=10.0)
        self.engine.fired = self.fired = []  # type: ignore[attr-defined]
        self.duty = Scheduler(self.engine, 1.0, schedules, f"host-{number}")
        self.gate = start_together
        self.downs = 0
        self.leaving = False

    def run(self) -> None:
        self.gate.wait(20)
        idle = 0
        while idle < 2 and not self.leaving:
            try:
                outcome = self.duty.run_once()
            except StoreDown:
                self.downs += 1
                time.sleep(0.05)
                continue
            idle = idle + 1 if outcome.handled == 0 and outcome.again_in else 0
        self.engine.close()


def daily() -> list[Schedule]:
    """A set time in the hour in which clocks change, in four zones; everything of two years is made up for."""
    return [
        Schedule(
            name=zone.rpartition("/")[2].lower(), task="t", cron="30 2 * * *", timezone=zone, misfire="all",
            misfire_max=10 * TWO_YEARS,
        )
        for zone in ZONES
    ]  # fmt: skip


def race(store: Any, schedules: list[Schedule], meanwhile: Any) -> tuple[list[Racer], dict[str, list[int]]]:
    begin = int(datetime.now(UTC).timestamp()) - TWO_YEARS
    setter = Engine(store.url, "default", incarnation=99)
    Scheduler(setter, 1.0, schedules, "host-1").run_once()
    setter.close()
    for one in schedules:
        store.client.hset(f"herdsman:{{default}}:schedule:{one.name}", "slot", begin)
    gate = threading.Barrier(5)
    racers = [Racer(store.url, number, schedules, gate) for number in range(1, 6)]
    for racer in racers:
        racer.start()
    try:
        meanwhile()
        for racer in racers:
            racer.join(50)
            assert not racer.is_alive()
    finally:
        for racer in racers:
            racer.leaving = True
    now = int(datetime.now(UTC).timestamp())
    return racers, {one.name: Cron(one.cron, one.timezone).between(begin, now, 10**6) for one in schedules}


def test_five_schedulers_that_race_over_two_years_fire_each_slot_once(client: Client, store: Any) -> None:
    racers, expected = race(store, daily(), lambda: None)
    fired = Counter(slot for racer in racers for slot in racer.fired)
    assert sorted(fired) == sorted((name, slot) for name, slots in expected.items() for slot in slots)
    assert set(fired.values()) == {1}
    assert client.queues()["default"].pending == len(fired) > 4 * 729
    assert all(info.fired == len(expected[info.schedule.name]) for info in client.schedules.list())
    assert sum(bool(racer.fired) for racer in racers) > 1


def test_a_restart_of_the_store_in_the_middle_loses_no_slot_and_doubles_none(client: Client, store: Any) -> None:
    def restart() -> None:
        eventually(lambda: sum(info.fired for info in client.schedules.list()) > 300, 20)
        store.restart()

    racers, expected = race(store, daily(), restart)
    assert sum(racer.downs for racer in racers) > 0
    pending = client.queues()["default"].pending
    assert pending == sum(len(slots) for slots in expected.values())
    told = Counter(slot for racer in racers for slot in racer.fired)
    assert set(told.values()) == {1}
    assert pending - len(told) <= 5  # replies that were lost with the server


EVERY_SECOND = 'schedules: [{name: tick, task: x, cron: "* * * * * *", payload: {n: 1}}]\n'


def test_a_schedule_of_every_second_fires_every_second(herd: Any, client: Client) -> None:
    herd.write(interval="10s", more=EVERY_SECOND)  # only the slots can wake it
    herd.start_sweeping()
    eventually(
        lambda: client.schedules.list() and client.schedules.list()[0].fired >= 3,
        15,
        lambda: str(client.schedules.list()),
    )
    [info] = client.schedules.list()
    assert info.missed == 0
    assert client.find(str(info.last_job)).data == {"n": 1}  # type: ignore[union-attr]
    began, fired = info.last_slot, info.fired
    eventually(lambda: client.schedules.list()[0].fired >= fired + 2, 15)
    [info] = client.schedules.list()
    assert info.fired - fired == info.last_slot - began


def test_janitors_of_two_hosts_fire_each_slot_once(herd: Any, other_herd: Any, client: Client) -> None:
    for one in (herd, other_herd):
        one.write(more=EVERY_SECOND)
        one.start_sweeping()
    eventually(lambda: client.schedules.list() and client.schedules.list()[0].fired >= 3, 15)
    for one in (herd, other_herd):
        one.janitors[0].stop()
    [info] = client.schedules.list()
    assert client.queues()["default"].pending == info.fired


def test_a_schedule_that_left_the_file_leaves_the_store_with_the_next_janitor(herd: Any, client: Client) -> None:
    herd.write(more=EVERY_SECOND)
    janitor = herd.start_sweeping()
    eventually(client.schedules.list, 10)
    janitor.stop()
    herd.write()
    herd.start().says("removed what no config file has any more: tick")
    assert client.schedules.list() == []


def test_a_store_that_was_emptied_learns_of_the_schedules_again(herd: Any, client: Client, store: Any) -> None:
    herd.write(more=EVERY_SECOND)
    herd.start_sweeping()
    eventually(client.schedules.list, 10)
    store.client.flushall()
    eventually(lambda: client.schedules.list() and client.schedules.list()[0].fired, 10)


def test_a_pause_holds_across_janitors(herd: Any, client: Client) -> None:
    herd.write(more=EVERY_SECOND)
    janitor = herd.start_sweeping()
    eventually(client.schedules.list, 10)
    client.schedules.pause("tick")
    janitor.stop()
    fired = client.schedules.list()[0].fired
    before = client.schedules.list()[0].last_slot
    herd.start_sweeping()
    eventually(lambda: client.schedules.list()[0].last_slot > before + 1, 10)
    assert client.schedules.list()[0].fired == fired
    client.schedules.resume("tick")
    eventually(lambda: client.schedules.list()[0].fired > fired, 10)
