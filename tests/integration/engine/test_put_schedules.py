"""Schedules that clients put, replace, preview and delete, in a real store."""

import asyncio

import pytest

from engine import AsyncClient, ScheduleNotFound, ScheduleTaken
from engine.schedules import schedule
from tests.support.schedules import STATE, House, plain


@pytest.fixture
def house(store, client, seats):
    return House(store, client, seats)


def test_a_schedule_that_was_put_is_listed_replaced_previewed_and_deleted(house):
    schedules = house.client.schedules
    assert schedules.put(plain(cron="@daily", timezone="Europe/Berlin"))
    assert not schedules.put(plain(cron="@daily", timezone="Europe/Berlin", payload=[1]))
    info = schedules.show("nightly")
    assert (info.origin, info.schedule.payload) == ("api", [1])
    assert schedules.next("nightly", 3) == schedules.list(3)[0].next == info.next[:3]
    schedules.pause("nightly")
    assert len(schedules.next("nightly", 7)) == 7
    assert schedules.delete("nightly")
    assert not schedules.delete("nightly")
    assert schedules.list() == []
    with pytest.raises(ScheduleNotFound):
        schedules.next("nightly")


def test_what_was_put_again_keeps_its_place_unless_its_times_were_changed(house):
    schedules = house.client.schedules
    schedules.put(plain())
    house.store.client.hset(STATE + "nightly", "slot", house.begin)
    schedules.put(plain(overlap="skip"))
    assert house.look(plain()).slot == house.begin
    schedules.put(plain(cron="*/2 * * * *"))
    assert house.look(plain()).slot >= house.begin + 3600


def test_since_when_a_schedule_could_have_succeeded_is_told_anew_when_its_times_change_or_it_is_resumed(house):
    def since() -> float:
        return house.client.run(schedule.successes(9))["nightly"].since

    house.client.schedules.put(plain())
    first = house.client.run(schedule.successes(9))["nightly"]
    assert (first.at, first.paused, first.times) == (0, False, f"{plain().cron} UTC")
    for act in (
        lambda: house.client.schedules.put(plain(cron="*/2 * * * *")),
        lambda: house.client.schedules.pause("nightly") and house.client.schedules.resume("nightly"),
    ):
        house.store.client.hset(STATE + "nightly", "since", 7)
        house.client.schedules.put(house.client.schedules.show("nightly").schedule)
        assert since() == 7  # the same once more
        act()
        assert since() >= first.since
    # What an older release declared began, as far as is known, with its last slot.
    house.store.client.hdel(STATE + "nightly", "since")
    assert since() == float(house.store.client.hget(STATE + "nightly", "slot"))


def test_a_janitors_declaration_removes_nothing_that_was_put(house):
    house.client.schedules.put(plain())
    assert house.client.run(schedule.declare("a", [], stale=0)).removed == []
    assert house.client.schedules.show("nightly").schedule == plain()


def test_the_name_of_a_files_schedule_cannot_be_put_or_deleted(house):
    house.declare(plain(), origin="host:/etc/herd.yaml")
    for verb in (lambda: house.client.schedules.put(plain(cron="@daily")), lambda: schedules_delete(house)):
        with pytest.raises(ScheduleTaken, match=r"host:/etc/herd\.yaml") as refused:
            verb()
        assert refused.value.origin == "host:/etc/herd.yaml"
    assert house.client.schedules.show("nightly").schedule == plain()


def schedules_delete(house):
    return house.client.schedules.delete("nightly")


def test_a_file_that_has_a_name_that_was_put_has_it_from_then_on_and_says_so(house):
    house.client.schedules.put(plain(payload=1))
    said = house.client.run(schedule.declare("a", [plain(payload=2)]))
    assert (said.removed, said.taken) == ([], ["nightly"])
    assert house.client.schedules.show("nightly").origin == "a"
    assert house.client.run(schedule.puts()).definitions == []
    assert house.client.run(schedule.declare("a", [plain(payload=2)])).taken == []


def test_a_slot_of_a_definition_that_was_replaced_does_not_fire(house):
    schedules = house.client.schedules
    schedules.put(plain())
    [old] = house.client.run(schedule.puts()).definitions
    house.store.client.hset(STATE + "nightly", "slot", house.begin)
    schedules.put(plain(payload=2))
    assert house.fire(plain(), 60, definition=old).outcome == "changed"
    [new] = house.client.run(schedule.puts()).definitions
    assert house.fire(plain(payload=2), 60, definition=new).outcome == "fired"


def test_every_put_and_every_deletion_is_seen_by_who_looks(house):
    def version():
        return house.client.run(schedule.look([])).version

    assert version() == 0
    house.client.schedules.put(plain())
    assert version() == house.client.run(schedule.puts()).version == 1
    house.client.schedules.delete("nightly")
    assert version() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"cron": "61 * * * *"},
        {"timezone": "Berlin"},
        {"name": "no name!"},
        {"task": ""},
        {"queue": "a b"},
        {"misfire": "never"},
        {"overlap": "maybe"},
        {"jitter": -1.0},
        {"misfire_max": -1.0},
    ],
)
def test_what_can_be_no_schedule_is_not_put(house, wrong):
    with pytest.raises(ValueError, match=r"."):
        house.client.schedules.put(plain(**wrong))
    assert house.client.schedules.list() == []


def test_the_async_client_puts_previews_and_deletes_the_same(house, store):
    async def use():
        async with AsyncClient(store.url) as client:
            assert await client.schedules.put(plain())
            info = await client.schedules.show("nightly", 2)
            slots = await client.schedules.next("nightly", 2)
            assert await client.schedules.delete("nightly")
            return info, slots

    info, slots = asyncio.run(use())
    assert info.next == slots
    assert house.client.schedules.list() == []
