"""Tenants take turns, priorities go first, and nothing starves."""

import time

import pytest

from engine import JobState, NewJob, QueueFull
from engine.jobs.job import WorkerInfo
from engine.queues.limits import QueueLimits
from engine.store.claims import Done
from tests.support.seats import claim


def info(engine):
    return WorkerInfo(incarnation=f"{engine.incarnation:x}", host="h", pid=1, pool="p", slot=0)


def starts(engine, want=1000, each=10, queues=("default",)):
    """What jobs carry, in the order in which they are handed out, batch by batch."""
    found = []
    while len(found) < want and (jobs := claim(engine, each, queues).jobs):
        found += jobs
    return found


def waited(client, queue):
    """Returns when the queue's oldest job has waited for more than a few milliseconds."""
    deadline = time.monotonic() + 5
    while client.queues()[queue].oldest < 0.005:
        assert time.monotonic() < deadline


def tenants(count, tenant, type="t"):
    return [NewJob(type, {"tenant": tenant, "n": n}, tenant=tenant) for n in range(count)]


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_a_small_tenants_jobs_all_start_within_the_first_100_starts(client, seats, batch):
    client.enqueue_many(tenants(3000, "big"))
    small = set(client.enqueue_many(tenants(10, "small")))
    first = [job.id for job in starts(seats(1), 100, batch)][:100]
    assert small <= set(first)


def test_jobs_without_a_tenant_take_turns_with_those_that_have_one(client, seats):
    plain = client.enqueue_many([("t", n) for n in range(50)])
    client.enqueue_many(tenants(50, "a"))
    first = [job.id for job in starts(seats(1), 40, 4)]
    assert 15 <= len(set(plain) & set(first)) <= 25


def test_each_tenants_jobs_start_in_their_order(client, seats):
    for n in range(30):
        client.enqueue("t", {"n": n}, tenant="ab"[n % 2])
    handed_out = [job.id for job in starts(seats(1), each=4)]
    for tenant in ("a", "b"):
        own = [i for i in handed_out if client.find(i).tenant == tenant]
        assert own == sorted(own, key=lambda i: tuple(map(int, i.split("-"))))
        assert len(own) == 15


def test_high_jobs_start_before_normal_ones_and_low_ones_after(client, seats):
    ids = {p: client.enqueue("t", priority=p).id for p in ("low", "normal", "high")}
    assert [job.id for job in starts(seats(1), each=1)] == [ids["high"], ids["normal"], ids["low"]]


def test_a_low_job_that_has_waited_long_is_not_starved_by_high_ones(client, seats):
    low = client.enqueue("t", priority="low").id
    client.enqueue_many([NewJob("t", priority="high") for _ in range(100)])
    waited(client, "default")
    engine, found = seats(1), []
    while len(found) < 20:
        engine.post([], 1, ["default"], 30.0, old=0.001)
        found += [job.id for job in engine.collect().jobs]
    assert low in found
    assert found.index(low) > 0


def test_a_queue_that_has_waited_long_is_not_starved_by_those_before_it(client, seats):
    low = client.enqueue("t", queue="slow").id
    client.enqueue_many([("t", None)] * 100, queue="fast")
    waited(client, "slow")
    engine, found = seats(1), []
    while len(found) < 20:
        engine.post([], 1, ["fast", "slow"], 30.0, old=0.001)
        found += [job.id for job in engine.collect().jobs]
    assert low in found


def test_a_job_of_a_tenant_that_is_given_back_goes_before_its_tenants_others(client, seats):
    ids = client.enqueue_many(tenants(3, "a"))
    first, second = seats(1), seats(2)
    [job] = claim(first, 1).jobs
    first.release([first.lease(job)])
    assert [job.id for job in starts(second)] == ids


def test_a_job_of_a_tenant_is_cancelled_where_it_waits(client, seats):
    ids = client.enqueue_many(tenants(3, "a"))
    assert client.cancel(ids[1])
    assert client.find(ids[1]).state == JobState.CANCELLED
    assert [job.id for job in starts(seats(1))] == [ids[0], ids[2]]
    assert client.queues()["default"].lanes == 0


def test_a_queues_figures_count_the_jobs_of_all_its_tenants(client, seats):
    client.enqueue_many([*tenants(3, "a"), *tenants(4, "b"), NewJob("t"), NewJob("t", tenant="a", delay=60)])
    figures = client.queues()["default"]
    assert (figures.pending, figures.scheduled, figures.lanes) == (8, 1, 2)
    claim(seats(1), 5)
    figures = client.queues()["default"]
    assert (figures.pending, figures.processing) == (3, 5)


def test_a_listing_finds_the_jobs_of_all_tenants(client):
    ids = client.enqueue_many([*tenants(3, "a"), NewJob("t", priority="low"), NewJob("t")])
    assert {job.id for job in client.jobs(state="pending").jobs} == set(ids)
    assert {job.id for job in client.jobs(queue="default").jobs} == set(ids)


def test_a_retry_of_a_tenants_job_stands_in_its_tenants_lane_again(client, seats):
    engine = seats(1)
    first = client.enqueue("t", tenant="a").id
    [job] = claim(engine).jobs
    engine.retry(engine.lease(job), None, 0.0)
    client.enqueue_many(tenants(20, "b"))
    engine.promote()
    found = client.find(first)
    assert (found.state, found.tenant) == (JobState.PENDING, "a")
    assert first in [job.id for job in starts(engine, 20, 4)]


def test_a_tenant_over_its_limit_is_refused_and_others_are_not(client, seats):
    engine = seats(1)
    engine.register(info(engine), {"t": "default"}, {"default": QueueLimits(max_pending=10, tenant_max_pending=3)})
    client.enqueue_many(tenants(3, "a"))
    with pytest.raises(QueueFull):
        client.enqueue("t", tenant="a")
    client.enqueue_many(tenants(3, "b"))
    with pytest.raises(QueueFull):
        client.enqueue_many([NewJob("t") for _ in range(5)])
    client.enqueue_many([NewJob("t") for _ in range(4)])


def test_a_queue_that_has_taken_its_bytes_refuses_more(client, seats):
    engine = seats(1)
    engine.register(info(engine), {"t": "default"}, {"default": QueueLimits(max_bytes=200_000)})
    for _ in range(11):
        client.enqueue("t", b"x" * 10_000)
    with pytest.raises(QueueFull) as refused:
        client.enqueue_many([("t", b"x" * 10_000)] * 12)
    assert refused.value.retry_after > 0
    engine.complete([Done(engine.lease(job)) for job in starts(engine)])
    client.enqueue("t", b"x" * 10_000)


def test_a_tenant_or_a_priority_that_makes_no_sense_is_refused(client):
    for wrong in ({"tenant": ""}, {"tenant": "a\tb"}, {"priority": "urgent"}, {"limit_key": "x" * 200}, {"cost": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            client.enqueue("t", **wrong)
