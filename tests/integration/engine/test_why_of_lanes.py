"""`why` on the real server, of jobs that stand in lanes apart: limits, parking, paused types, turns."""

import json

import pytest

from engine.jobs.job import WorkerInfo
from engine.queues.limits import QueueLimits, limits
from engine.store.claims import Done
from tests.support.seats import ERROR, claim


@pytest.fixture
def alive(seats):
    """Makes a live, idle worker that knows `plain` and those types: alive(1, {type: (rate, concurrency)}, …)."""

    def make(number=1, types=(), **tenant):
        engine = seats(number)
        info = WorkerInfo(incarnation=f"{number:x}", host="h", pid=1, pool="p", slot=0, state="idle")
        names = dict.fromkeys(types, "default") | {"plain": "default"}
        said = {name: json.dumps(limits(*types[name])) for name in types if any(types[name])}
        engine.register(info, names, {"default": QueueLimits(**tenant)}, said)
        engine.extend([info], [], 30)
        return engine

    return make


def first(handle):
    return handle.why().reasons[0]


def codes(handle):
    return [reason.code for reason in handle.why().reasons]


@pytest.mark.parametrize("rate", ["1/h", {"rate": "1/h", "burst": 1}])
def test_a_job_held_by_a_rate_says_until_when(client, alive, store, rate):
    engine = alive(types={"limited": (rate, None)})
    client.enqueue("limited")
    held = client.enqueue("limited")
    assert codes(held) == ["behind"]
    claim(engine)
    assert claim(engine).jobs == []
    reason = first(held)
    assert reason.code == "limited"
    assert "the rate of its type limited lets none start until" in reason.text
    seconds, _ = store.client.time()
    assert 3500 < reason.data["until"] - seconds <= 3601


def test_a_job_without_a_permit_says_who_has_them_and_goes_on_when_one_is_back(client, alive):
    engine = alive(types={"limited": (None, 1)})
    ids = [client.enqueue("limited", limit_key="k").id for _ in range(2)]
    [job] = claim(engine).jobs
    assert claim(engine).jobs == []
    waits = client.job(ids[1])
    reason = first(waits)
    assert reason.code == "limited"
    assert reason.data["full"] == [{"whose": "type limited with key k", "most": 1, "running": 1, "jobs": [ids[0]]}]
    assert ids[0] in reason.text
    engine.complete([Done(engine.lease(job))])
    assert codes(waits) == ["next"]


def test_a_tenants_limit_is_told_as_such(client, alive):
    engine = alive(tenant_concurrency=1)
    [one, other] = [client.enqueue("plain", tenant="acme") for _ in range(2)]
    claim(engine)
    claim(engine)
    assert first(other).data["full"] == [{"whose": "tenant acme", "most": 1, "running": 1, "jobs": [one.id]}]


def test_a_parked_job_says_that_nobody_knows_its_type_until_somebody_does(client, alive):
    engine = alive()
    handle = client.enqueue("strange")
    [job] = claim(engine).jobs
    engine.park(engine.lease(job), job.type)
    assert codes(handle) == ["parked", "no worker for its type"]
    assert first(handle).data["type"] == "strange"
    alive(2, {"strange": (None, None)})
    assert codes(handle) == ["next"]


def test_a_job_of_a_paused_type_says_so_wherever_it_stands(client, alive):
    engine = alive()
    handle = client.enqueue("plain")
    client.pause_type("plain")
    assert codes(handle) == ["paused type"]
    claim(engine)
    assert codes(handle) == ["paused type"]
    client.resume_type("plain")
    assert codes(handle) == ["next"]


def test_lanes_whose_turn_comes_before_are_counted(client, alive):
    engine = alive()
    main = client.enqueue("plain")
    assert codes(main) == ["next"]
    mine = client.enqueue("plain", tenant="acme")
    assert codes(main) == ["turns"]
    assert codes(mine) == ["next"]
    urgent = client.enqueue("plain", priority="high")
    other = client.enqueue("plain", tenant="globex")
    late = client.enqueue("plain", tenant="globex", priority="low")
    assert codes(urgent) == ["next"]
    assert first(mine).data == {"lanes": 1, "own": "tenant acme"}
    assert first(other).data["lanes"] == 3
    assert first(late).data == {"lanes": 4, "own": "tenant globex, priority low"}
    assert first(client.enqueue("plain", tenant="acme")).data == {"ahead": 1, "more": False}
    assert [job.id for job in claim(engine, 1).jobs] == [urgent.id]
    assert codes(mine) == ["next"]


def test_a_low_job_waits_for_the_main_lane_which_has_no_ring_of_its_own(client, alive):
    alive()
    low = client.enqueue("plain", priority="low")
    assert codes(low) == ["next"]
    client.enqueue("plain")
    assert codes(low) == ["turns"]


def test_a_job_that_was_moved_into_another_lane_is_counted_there(client, alive):
    engine = alive()
    handles = [client.enqueue("strange", n) for n in range(3)]
    jobs = claim(engine).jobs
    for job in jobs:
        engine.park(engine.lease(job), job.type)
    client.enqueue_many(("plain", n) for n in range(5))
    knowing = alive(2, {"strange": (None, None)})
    assert {"ahead": 2, "more": False} in [reason.data for reason in handles[2].why().reasons]
    taken = {job.id: job for job in claim(knowing).jobs}
    knowing.retry(knowing.lease(taken[handles[0].id]), ERROR, 0)
    knowing.release([knowing.lease(taken[handles[2].id])])
    knowing.promote()
    assert {"ahead": 1, "more": False} in [reason.data for reason in handles[0].why().reasons]
