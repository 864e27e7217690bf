"""Schedules in a real store: one turn a slot, overlap, pause, run now, and how they are shown by both clients."""

import asyncio
import time

import pytest

from engine import AsyncClient, Client, JobError, JobState, QueueFull, ScheduleNotFound, StoreFull
from engine.schedules import schedule
from tests.support.invariants import broken
from tests.support.processes import eventually
from tests.support.schedules import STATE, House, plain

ERROR = JobError("ValueError", "no")


@pytest.fixture
def client(store):
    with Client(store.url) as client:
        yield client
    assert broken(store.client) == []


@pytest.fixture
def house(store, client, seats):
    return House(store, client, seats)


def test_a_slot_has_one_turn_and_slots_only_grow(house):
    one = plain(payload={"a": [1]})
    house.declare(one)
    first = house.fire(one, 60)
    assert first.outcome == "fired"
    assert house.fire(one, 60).outcome == "late"
    assert house.fire(one, 0).outcome == "late"
    assert house.fire(one, 180).outcome == "fired"
    assert house.fire(one, 120).outcome == "late"
    assert house.fire(one, 7200).outcome == "early"
    assert house.pending() == 2
    job = house.client.find(first.job)
    assert (job.type, job.data, job.state) == ("report", {"a": [1]}, JobState.PENDING)


def test_ids_of_fired_and_of_enqueued_jobs_come_from_one_count(house):
    house.declare(plain())
    ids = [house.fire(plain(), 60).job, house.client.enqueue("x").id, house.client.schedules.run("nightly")]
    assert len(set(ids)) == 3
    assert ids == sorted(ids, key=lambda one: [int(part) for part in one.split("-")])


@pytest.mark.parametrize(
    ("overlap", "outcomes", "fired"),
    [
        ("allow", ["fired", "fired", "fired"], 3),
        ("skip", ["fired", "skipped", "skipped"], 1),
        ("queue_one", ["fired", "held", "skipped"], 1),
    ],
)
def test_what_comes_of_a_slot_while_an_earlier_job_has_not_ended(house, overlap, outcomes, fired):
    one = plain(overlap=overlap)
    house.declare(one)
    assert [house.fire(one, 60 * n).outcome for n in (1, 2, 3)] == outcomes
    assert house.pending() == fired
    [info] = house.client.schedules.list()
    assert (info.fired, info.skipped, info.waiting) == (fired, outcomes.count("skipped"), overlap == "queue_one")


def test_a_running_and_a_retried_job_have_not_ended_a_finished_one_has(house):
    one = plain(overlap="skip")
    house.declare(one)
    house.fire(one, 60)
    [lease] = house.claim()
    assert house.fire(one, 120).outcome == "skipped"
    house.worker.retry(lease, ERROR, 0.001)
    assert house.fire(one, 180).outcome == "skipped"
    eventually(lambda: house.worker.promote().moved, 5)
    house.finish(house.claim()[0])
    assert house.fire(one, 240).outcome == "fired"
    [lease] = house.claim()
    house.worker.bury(lease, ERROR)
    assert house.fire(one, 300).outcome == "fired"


def test_the_one_that_waits_fires_when_the_job_before_it_has_ended_and_only_once(house):
    one = plain(overlap="queue_one")
    house.declare(one)
    house.fire(one, 60)
    house.fire(one, 120)
    assert house.look(one) == (house.begin + 120, house.begin + 120, 1, False)
    assert house.fire(one, 120).outcome == "held"
    house.finish(house.claim()[0])
    assert house.look(one).open == 0
    assert house.fire(one, 120).outcome == "fired"
    assert house.fire(one, 120).outcome == "late"
    assert house.look(one).held is None
    assert house.pending() == 1


def test_a_full_queue_leaves_the_slot_to_come(house):
    one = plain()
    house.declare(one)
    house.store.client.hset("herdsman:{default}:limits", "default", 1)
    assert house.fire(one, 60).outcome == "fired"
    assert house.fire(one, 120).full.queue == "default"
    with pytest.raises(QueueFull):
        house.client.schedules.run("nightly")
    house.finish(house.claim()[0])
    assert house.fire(one, 120).outcome == "fired"


def test_missed_slots_are_counted_by_the_one_whose_turn_counts(house):
    one = plain()
    house.declare(one)
    house.fire(one, 300, missed=4)
    house.fire(one, 300, missed=4)
    house.fire(one, 600, missed=5, go_by=True)
    [info] = house.client.schedules.list()
    assert (info.missed, info.fired, info.last_slot) == (9, 1, house.begin + 600)


def test_a_paused_schedule_lets_slots_go_by_and_makes_up_for_none(house):
    one = plain()
    house.declare(one)
    schedules = house.client.schedules
    assert schedules.pause("nightly")
    assert not schedules.pause("nightly")
    assert house.fire(one, 60).outcome == "paused"
    assert schedules.list()[0].next == []
    assert schedules.run("nightly")  # by hand it still runs
    assert schedules.resume("nightly")
    assert not schedules.resume("nightly")
    assert house.fire(one, 120).outcome == "late"
    assert house.look(one).slot >= house.begin + 3600
    assert schedules.list()[0].missed == 0


def test_a_pause_by_hand_outlives_a_declaration_and_the_files_own_is_obeyed_when_it_changes(house):
    house.declare(plain())
    house.client.schedules.pause("nightly")
    house.declare(plain())
    assert house.look(plain()).paused
    house.declare(plain(paused=True))
    house.declare(plain(paused=False))
    assert not house.look(plain()).paused


def test_an_unchanged_one_keeps_its_place_and_a_changed_one_starts_from_now(house):
    one = plain()
    house.declare(one)
    house.client.run(schedule.declare("a", [one]))
    house.client.run(schedule.declare("a", [plain(payload=1, overlap="skip")]))
    assert house.look(one).slot == house.begin
    house.client.run(schedule.declare("a", [plain(cron="*/2 * * * *")]))
    assert house.look(one).slot >= house.begin + 3600


def test_a_schedule_is_removed_when_the_last_file_lets_it_go(house):
    house.declare(plain())
    house.declare(plain(), origin="b")
    assert house.declare(origin="a") == []
    assert house.declare(plain(name="other"), origin="c") == []
    assert house.declare(origin="b") == ["nightly"]
    assert [info.schedule.name for info in house.client.schedules.list()] == ["other"]
    assert house.look(plain()) is None
    assert house.fire(plain(), 60).outcome == "unknown"


def test_the_word_of_a_file_that_fell_silent_does_not_count_for_ever(house):
    house.declare(plain(), origin="gone")
    assert house.client.run(schedule.declare("a", [], stale=3600)).removed == []
    house.store.client.hset(STATE + "nightly", "by:gone", 1)
    assert house.client.run(schedule.declare("a", [], stale=3600)).removed == ["nightly"]


def test_the_last_run_is_shown_with_its_state_and_the_last_success(house):
    house.declare(plain(cron="0 3 * * *", timezone="Europe/Berlin"))
    job = house.client.schedules.run("nightly")
    [before] = house.client.schedules.list(upcoming=3)
    assert (before.last_job, before.last_state, before.last_success_at) == (job, JobState.PENDING, None)
    assert len(before.next) == 3
    assert before.next == sorted(before.next)
    assert before.next[0] > time.time() - 5
    house.finish(house.claim()[0])
    house.look(plain())
    [after] = house.client.schedules.list()
    assert after.last_state == JobState.COMPLETED
    assert abs(after.last_success_at - time.time()) < 30
    house.client.schedules.run("nightly")
    house.worker.bury(house.claim()[0], ERROR)
    house.look(plain())
    [last] = house.client.schedules.list()
    assert last.last_state == JobState.DEAD
    assert last.last_success_at == after.last_success_at


def test_a_name_that_nobody_declared_is_refused_with_the_nearest(house):
    house.declare(plain())
    for verb in (house.client.schedules.pause, house.client.schedules.resume, house.client.schedules.run):
        with pytest.raises(ScheduleNotFound, match="did you mean 'nightly'"):
            verb("nightl")


def test_the_async_client_says_and_does_the_same(house, store):
    house.declare(plain())

    async def use():
        async with AsyncClient(store.url) as client:
            job = await client.schedules.run("nightly")
            assert await client.schedules.pause("nightly")
            infos = await client.schedules.list()
            assert await client.schedules.resume("nightly")
            return job, infos

    job, [info] = asyncio.run(use())
    assert info.last_job == job
    assert info.paused
    assert house.client.find(job).type == "report"


def test_a_definition_that_cannot_be_read_hides_no_other(house, store):
    house.declare(plain())
    store.client.hset("herdsman:{default}:schedules", "odd", b"\xff")
    assert [info.schedule.name for info in house.client.schedules.list()] == ["nightly"]
    store.client.hdel("herdsman:{default}:schedules", "odd")


def test_a_full_store_refuses_a_firing_and_the_slot_is_still_to_come(house, store):
    one = plain()
    house.declare(one)
    store.client.config_set("maxmemory", "1")
    with pytest.raises(StoreFull):
        house.fire(one, 60)
    store.client.config_set("maxmemory", "0")
    assert house.fire(one, 60).outcome == "fired"


def test_the_old_jobs_are_cancelled_when_a_slot_comes_the_running_one_is_asked(house):
    one = plain(overlap="cancel_old")
    house.declare(one)
    running = house.fire(one, 60).job
    house.claim()
    waiting = house.fire(one, 120).job
    newest = house.fire(one, 180)
    assert newest.outcome == "fired"
    assert [house.client.find(job).state for job in (running, waiting, newest.job)] == [
        JobState.PROCESSING,
        JobState.CANCELLED,
        JobState.PENDING,
    ]
    assert house.store.client.zrange("herdsman:{default}:cancels", 0, -1) == [running.encode()]
    house.worker.settle(7, "cancelled", [], charged=False, max_crashes=3)
    assert house.client.find(running).state == JobState.CANCELLED
