"""Rates and concurrency limits: who is over them waits in the store, and holds up nobody."""

import json
import time

import pytest

from engine import JobError, NewJob
from engine.jobs.job import WorkerInfo
from engine.queues.limits import QueueLimits, Rate, limits
from engine.store.claims import Done
from tests.support.seats import claim


def register(engine, traits=None, **tenant):
    info = WorkerInfo(incarnation=f"{engine.incarnation:x}", host="h", pid=1, pool="p", slot=0)
    names = dict.fromkeys(traits or {}, "default") | {"plain": "default"}
    said = {name: json.dumps(limits(*pair)) for name, pair in (traits or {}).items()}
    engine.register(info, names, {"default": QueueLimits(**tenant)}, said)


@pytest.fixture
def seat(seats):
    """A worker's seat that knows the type `limited`, with these limits."""

    def take(number=1, rate=None, concurrency=None, **tenant):
        engine = seats(number)
        register(engine, {"limited": (rate, concurrency)}, **tenant)
        return engine

    return take


def test_a_window_lets_so_many_start_and_no_more(client, seat):
    engine = seat(rate="3/h")
    client.enqueue_many([NewJob("limited") for _ in range(10)])
    assert len(claim(engine).jobs) == 3
    assert claim(engine).jobs == []


def test_evenly_spaced_starts_have_a_burst(client, seat):
    engine = seat(rate={"rate": "3/h", "burst": 2})
    client.enqueue_many([NewJob("limited") for _ in range(10)])
    assert len(claim(engine).jobs) == 2
    assert claim(engine).jobs == []


@pytest.mark.parametrize("rate", ["5/100ms", {"rate": "5/100ms", "burst": 1}])
def test_a_limited_type_starts_again_when_its_time_has_come(client, seat, rate):
    engine = seat(rate=rate)
    client.enqueue_many([NewJob("limited") for _ in range(12)])
    started, deadline = [], time.monotonic() + 10
    while len(started) < 12:
        started += claim(engine).jobs
        engine.promote()
        assert time.monotonic() < deadline
    assert claim(engine).jobs == []


def test_the_janitor_is_told_when_a_held_lane_may_start(client, seat):
    engine = seat(rate="1/h")
    client.enqueue_many([NewJob("limited") for _ in range(2)])
    claim(engine)
    claim(engine)
    assert 3500 < engine.promote().next_due <= 3600


def test_a_limited_type_holds_up_no_other(client, seat):
    engine = seat(rate="2/h")
    client.enqueue_many([NewJob("limited") for _ in range(50)])
    others = client.enqueue_many([NewJob("plain") for _ in range(50)])
    started = [job.id for job in claim(engine).jobs + claim(engine).jobs]
    assert set(others) <= set(started)
    assert len(started) == 52


def test_jobs_that_were_enqueued_before_their_type_was_limited_are_limited_too(client, seats):
    client.enqueue_many([NewJob("limited") for _ in range(10)])
    others = client.enqueue_many([NewJob("plain") for _ in range(3)])
    engine = seats(1)
    register(engine, {"limited": ("2/h", None)})
    started = [job for _ in range(5) for job in claim(engine).jobs]
    assert {job.id for job in started if job.type == "plain"} == set(others)
    assert sum(job.type == "limited" for job in started) == 2


def test_a_type_that_is_limited_no_more_starts_freely(client, seats):
    first = seats(1)
    register(first, {"limited": ("1/h", None)})
    client.enqueue_many([NewJob("limited") for _ in range(5)])
    assert len(claim(first).jobs) == 1
    second = seats(2)
    register(second, {"limited": (None, None)})
    claim(second)
    ids = client.enqueue_many([NewJob("limited") for _ in range(5)])
    started = [job.id for job in claim(second).jobs]
    assert set(ids) <= set(started)


def test_a_concurrency_limit_holds_over_all_workers(client, seat):
    engines = [seat(number, concurrency=3) for number in (1, 2, 3)]
    client.enqueue_many([NewJob("limited") for _ in range(10)])
    held = [(engine, job) for engine in engines * 2 for job in claim(engine).jobs]
    assert len(held) == 3
    engine, job = held[0]
    engine.complete([Done(engine.lease(job))])
    assert sum(len(claim(engine).jobs) for engine in engines) == 1


WAYS = ["complete", "keep", "retry", "bury", "discard", "release", "crash", "settle", "rescue"]


@pytest.mark.parametrize("way", WAYS)
def test_a_permit_comes_back_however_the_job_leaves_processing(client, seat, seats, way):
    engine = seat(concurrency=1)
    client.enqueue_many([NewJob("limited") for _ in range(3)])
    [job] = claim(engine, lease=0.0 if way == "rescue" else 30.0).jobs
    lease = engine.lease(job)
    other = seats(2)
    error = JobError("E", "")
    {
        "complete": lambda: engine.complete([Done(lease)]),
        "keep": lambda: engine.complete([Done(lease, b"\x01", 60.0)]),
        "retry": lambda: engine.retry(lease, error, 60.0),
        "bury": lambda: engine.bury(lease, error),
        "discard": lambda: engine.discard(lease, error, 60.0),
        "release": lambda: engine.release([lease]),
        "crash": lambda: other.settle(1, "signal 9", [lease], charged=True, max_crashes=1),
        "settle": lambda: other.settle(1, "signal 9", [], charged=True, max_crashes=1),
        "rescue": lambda: [other.rescue(grace=0.0) for _ in range(2)],
    }[way]()
    register(other, {"limited": (None, 1)})
    assert len(claim(other).jobs) == 1
    assert claim(other).jobs == []


def test_a_permit_of_a_job_that_is_not_in_processing_is_found_out(client, seat, store):
    engine = seat(concurrency=1)
    store.client.zadd("herdsman:{default}:permits:t:limited:", {"1-1-1/1/a": 1})
    client.enqueue("limited")
    assert len(claim(engine).jobs) == 1


def test_each_key_of_a_limited_type_has_its_own_limit(client, seat):
    engine = seat(rate="2/h")
    for key in ("a", "b"):
        client.enqueue_many([NewJob("limited", {"key": key}, limit_key=key) for _ in range(5)])
    assert len([job for _ in range(3) for job in claim(engine).jobs]) == 4


@pytest.mark.parametrize("rate", ["10/h", {"rate": "10/h", "burst": 10}])
def test_a_job_may_cost_more_than_one_permit(client, seat, rate):
    engine = seat(rate=rate)
    client.enqueue_many([NewJob("limited", cost=4) for _ in range(5)])
    assert len([job for _ in range(3) for job in claim(engine).jobs]) == 2


def test_tenants_have_limits_of_their_own(client, seat):
    engine = seat(tenant_rate=Rate(2, 3600.0), tenant_concurrency=1)
    client.enqueue_many([NewJob("plain", tenant=tenant) for tenant in "ab" for _ in range(5)])
    first = claim(engine).jobs
    assert len(first) == 2
    engine.complete([Done(engine.lease(job)) for job in first])
    second = claim(engine).jobs
    assert len(second) == 2
    engine.complete([Done(engine.lease(job)) for job in second])
    assert claim(engine).jobs == []


@pytest.mark.parametrize("burst", [None, 10])
def test_a_jobs_cost_counts_for_its_tenants_rate_too(client, seat, burst):
    engine = seat(tenant_rate=Rate(10, 3600.0, burst))
    costly = client.enqueue_many([NewJob("plain", tenant="a", cost=4) for _ in range(5)])
    cheap = client.enqueue_many([NewJob("plain", tenant="b") for _ in range(5)])
    started = {job.id for _ in range(3) for job in claim(engine).jobs}
    assert started == {*costly[:2], *cheap}


def test_a_limited_types_cost_is_taken_from_its_tenants_rate(client, seat):
    engine = seat(rate="100/h", tenant_rate=Rate(10, 3600.0))
    client.enqueue_many([NewJob("limited", tenant="a", cost=5) for _ in range(5)])
    assert len([job for _ in range(3) for job in claim(engine).jobs]) == 2


def test_without_limits_of_tenants_a_cost_makes_no_lane(client, seat):
    engine = seat()
    client.enqueue_many([NewJob("plain", tenant="a", cost=cost) for cost in (None, 2, 3)])
    assert len({job.id.partition("-")[0] for job in claim(engine).jobs}) == 1


def test_a_claim_whose_reply_was_lost_spends_no_permits_twice(client, seat):
    engine = seat(rate="3/h", concurrency=3)
    client.enqueue_many([NewJob("limited") for _ in range(5)])
    engine.post([], 10, ["default"], 30.0)
    engine.session.receive()
    engine.session.close()
    engine._sent = False
    jobs = engine.collect().jobs
    assert len(jobs) == 3
    engine.complete([Done(engine.lease(job)) for job in jobs])
    assert claim(engine).jobs == []


def test_a_worker_takes_no_more_permits_than_its_share(client, seat):
    engines = [seat(number, concurrency=4) for number in (1, 2)]
    client.enqueue_many([NewJob("limited") for _ in range(10)])
    assert [len(claim(engine).jobs) for engine in engines] == [2, 2]


def test_a_rate_that_is_raised_counts_at_once(client, seats):
    first, second = seats(1), seats(2)
    register(first, {"limited": ("1/h", None)})
    client.enqueue_many([NewJob("limited") for _ in range(3)])
    assert len(claim(first).jobs) == 1
    assert claim(first).jobs == []
    register(second, {"limited": ("3/h", None)})
    assert len(claim(second).jobs) == 2
