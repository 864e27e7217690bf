"""Queues that are closed, drained and opened, on the real server, by both clients."""

import asyncio
import threading

import pytest

from engine import AsyncClient, JobError, NewJob, QueueClosed, QueueFull, Schedule
from engine.queues.limits import QueueLimits
from engine.schedules import schedule
from engine.store.claims import Done
from tests.support.processes import eventually
from tests.support.proxy import Proxy
from tests.support.seats import claim

LIMITS = "herdsman:{default}:limits"


def test_a_closed_queue_refuses_every_kind_of_new_job_and_others_do_not(client):
    client.enqueue("t")
    assert client.intake.close("default")
    assert not client.intake.close("default")
    client.run(schedule.declare("a", [Schedule(name="nightly", task="t", cron="@daily")]))
    for verb in (
        lambda: client.enqueue("t"),
        lambda: client.enqueue("t", delay=60),
        lambda: client.enqueue_many([NewJob("t", queue="other"), ("t", 1)]),
        lambda: client.schedules.run("nightly"),
    ):
        with pytest.raises(QueueClosed, match="until somebody opens it") as refused:
            verb()
        assert isinstance(refused.value, QueueFull)
    assert client.queues()["other"].pending == 0
    client.enqueue("t", queue="other")
    assert client.intake.closed() == ["default"]
    assert client.intake.open("default")
    assert not client.intake.open("default")
    client.enqueue("t")
    assert client.queues()["default"].pending == 2


def test_a_limit_outlives_a_drain_and_a_workers_start_opens_nothing(client, seats, store):
    info = claim_info(5)
    seats(5).register(info, {"t": "q"}, {"q": QueueLimits(max_pending=1)})
    client.intake.close("q")
    seats(5).register(info, {"t": "q"}, {"q": QueueLimits(max_pending=2)})
    assert client.intake.closed() == ["q"]
    client.intake.open("q")
    client.enqueue_many([("t", 1), ("t", 2)], queue="q")
    with pytest.raises(QueueFull, match="2 jobs wait"):
        client.enqueue("t", queue="q")
    client.intake.close("q")
    seats(5).register(info, {"t": "q"}, {"q": QueueLimits()})
    client.intake.open("q")
    assert store.client.hget(LIMITS, "q") is None


def claim_info(incarnation):
    from engine import WorkerInfo

    return WorkerInfo(incarnation=f"{incarnation:x}", host="h", pid=1, pool="p", slot=0)


def test_a_drain_waits_for_what_is_pending_running_and_due_but_not_for_what_comes_later(client, seats):
    client.enqueue_many([("t", 1), ("t", 2)])
    client.enqueue("t", delay=3600)
    worker = seats(7)
    first, second = claim(worker, 2).jobs
    worker.retry(worker.lease(first), JobError("E", "m"), 0)  # due at once, and not promoted yet
    stopped = client.intake.drain("default", 0)
    assert (stopped.done, stopped.pending, stopped.processing, stopped.scheduled) == (False, 1, 1, 1)
    worker.complete([Done(worker.lease(second))])
    assert not client.intake.drain("default", 0).done
    eventually(lambda: worker.promote().moved, 5)
    assert client.intake.drain("default", 0).pending == 1
    [again] = claim(worker).jobs
    worker.complete([Done(worker.lease(again))])
    done = client.intake.drain("default", 0)
    assert (done.done, done.scheduled) == (True, 1)
    assert not client.intake.drain("default", 0, scheduled=True).done
    assert client.intake.closed() == ["default"]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_drain_returns_when_the_last_job_has_ended(client, seats, store, kind):
    client.enqueue_many(("t", n) for n in range(5))
    worker = seats(7)

    def work():
        while client.intake.closed() != ["default"]:
            pass
        while jobs := claim(worker, 1).jobs:
            worker.complete([Done(worker.lease(job)) for job in jobs])

    async def drained():
        async with AsyncClient(store.url) as other:
            found = await other.intake.drain("default", 20)
            assert await other.intake.closed() == ["default"]
            assert await other.intake.open("default")
            assert await other.intake.close("default")
            return found

    thread = threading.Thread(target=work)
    thread.start()
    found = client.intake.drain("default", 20) if kind == "sync" else asyncio.run(drained())
    thread.join(20)
    assert found.done
    assert client.queues()["default"].pending == 0


def test_a_gate_whose_reply_is_lost_is_moved_once(client, store):
    client.intake.close("default")
    client.intake.open("default")
    with Proxy(store.socket) as proxy:
        from engine import Client

        with Client(proxy.url) as through:
            through.ping()
            for verb in (through.intake.close, through.intake.open):
                proxy.lose = 1
                assert verb("default")
            one = Schedule(name="nightly", task="t", cron="@daily")
            client.schedules.put(one)
            client.schedules.delete("nightly")
            for said in (lambda: through.schedules.put(one), lambda: through.schedules.delete("nightly")):
                proxy.lose = 1
                assert said()
            assert proxy.lost == 4
