"""Emptying a queue, on the real server."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Client, NewJob
from tests.support.processes import eventually
from tests.support.seats import claim


def test_a_purge_cancels_what_waits_and_nothing_else(client, seats, dead):
    dead(1)
    running = client.enqueue("t").id
    engine = seats(1)
    claim(engine, 1)
    given_back = client.enqueue("t").id
    engine.release([engine.lease(claim(engine, 1).jobs[0])])
    pending = client.enqueue_many(("t", n) for n in range(1100))
    client.dead_letters.retry_many()
    scheduled, other = client.enqueue("t", delay=60).id, client.enqueue("t", queue="other").id
    assert client.purge("default") == 1 + 1100 + 1
    assert client.find(given_back).state == client.find(pending[-1]).state == "cancelled"
    assert [client.find(job).state for job in (running, scheduled, other)] == ["processing", "scheduled", "pending"]
    figures = client.queues()["default"]
    assert (figures.pending, figures.processing, figures.scheduled, figures.dead) == (0, 1, 1, 0)
    assert client.purge("default") == client.purge("nowhere") == 0
    with pytest.raises(ValueError, match="queue"):
        client.purge("a b")


def test_long_work_tells_how_far_it_is(client, dead):
    dead(3)
    client.enqueue_many((("t", n) for n in range(450)), queue="q")
    purged, retried, left = [], [], []
    client.purge("q", told=purged.append)
    assert (purged[-1], len(purged)) == (450, 3), "once a script"
    client.dead_letters.retry_many(rate=30, told=retried.append)
    assert retried[-1] == 3
    client.intake.drain("default", 0, told=left.append)
    assert left == [3], "a drain says how many it waits for"


def test_who_waits_for_a_purged_job_hears_of_it(store):
    with Client(store.url) as client, Client(store.url) as other:
        handle = client.enqueue("t", "x" * 1000)
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(client.wait, [handle.id], 10)
            eventually(lambda: store.client.zcard("herdsman:{default}:watched") == 1, 5)
            assert other.purge("default") == 1
            assert waiting.result(10)[handle.id].state == "cancelled"
        assert store.client.hexists(f"herdsman:{{default}}:job:{handle.id}", "p") == 0


def test_the_jobs_of_all_tenants_and_priorities_go(client, seats):
    jobs = [NewJob("t", tenant=tenant, priority=priority) for tenant in "abc" for priority in ("high", "low")]
    client.enqueue_many([*jobs, *jobs, NewJob("t")])
    assert client.purge("default") == 13
    assert claim(seats(1)).jobs == []
    assert client.queues()["default"].pending == 0
