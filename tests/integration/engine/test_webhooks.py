"""Whoever asked for it is told of a job's end by a job of its own, made by the script that ends it."""

import asyncio

import pytest

from engine import AsyncClient, Client, JobError, JobState, NewJob
from engine.clients.engine import Engine
from engine.store.claims import Done
from tests.support.invariants import broken
from tests.support.proxy import Proxy
from tests.support.seats import ERROR, claim

URL = "https://example.com/hook"
TYPE = "herdsman.webhook"


@pytest.fixture
def told(client):
    """The payloads of the webhooks that wait in a queue."""

    def told(queue="default"):
        return [job.data for job in client.jobs(state="pending", queue=queue, type=TYPE).jobs]

    return told


def held(engine, queues=("default",)):
    """The lease of the one job that a claim finds."""
    [job] = claim(engine, 1, queues).jobs
    return engine.lease(job)


@pytest.mark.parametrize("result", [None, b"\xa4done"])
def test_a_completed_job_leaves_one_webhook_in_its_own_queue(client, seats, told, result):
    job = client.enqueue("t", {"n": 1}, queue="mail", webhook=URL)
    engine = seats(1)
    engine.complete([Done(held(engine, ["mail"]), result, 60)])
    [hook] = told("mail")
    assert (hook["event"], hook["target"]) == ("job.completed", {"url": URL, "headers": {}})
    data = hook["data"]
    assert (data["id"], data["type"], data["queue"], data["state"]) == (job.id, "t", "mail", "completed")
    assert (data["attempts"], data["crashes"]) == (1, 0)
    assert data.get("result") == result
    assert abs(hook["at"] / 1000 - client.find(job.id).enqueued_at) < 60


def test_a_job_acknowledged_along_with_a_claim_leaves_a_webhook_that_is_claimed_next(client, seats):
    client.enqueue("t", webhook=URL)
    engine = seats(1)
    done = Done(held(engine))
    assert [job.type for job in claim(engine, done=[done]).jobs] == [TYPE]


def test_a_result_that_is_too_long_is_told_by_its_size(client, seats, told):
    client.enqueue("t", webhook=URL)
    engine = seats(1)
    engine.complete([Done(held(engine), b"\xc6\x00\x01\x00\x00" + b"x" * 65536, 60)])
    [hook] = told()
    assert ("result" in hook["data"], hook["data"]["result_bytes"]) == (False, 65541)


def test_a_dead_job_is_told_with_its_error_and_another_life_is_another_event(client, seats, told):
    job = client.enqueue("t", webhook=URL)
    engine = seats(1)
    engine.bury(held(engine), ERROR)
    [hook] = told()
    assert (hook["event"], hook["data"]["state"]) == ("job.dead", "dead")
    assert b"ValueError" in hook["data"]["error"]
    engine.complete([Done(held(engine))])  # the webhook itself
    assert client.dead_letters.retry(job.id)
    engine.complete([Done(held(engine))])
    [hook] = told()
    assert (hook["event"], hook["data"]["attempts"], "error" in hook["data"]) == ("job.completed", 1, False)


def test_a_job_that_took_its_process_down_is_told_with_the_cause(client, seats, told):
    client.enqueue("t", webhook=URL)
    lease = held(seats(7))
    seats(99).settle(7, "signal 9", [lease], charged=True, max_crashes=1)
    [hook] = told()
    assert (hook["data"]["cause"], hook["data"]["crashes"]) == ("signal 9", 1)


def test_an_attempt_that_is_to_be_retried_is_no_end(client, seats, told):
    client.enqueue("t", webhook=URL)
    engine = seats(1)
    engine.retry(held(engine), ERROR, 0)
    assert told() == []


@pytest.mark.parametrize(
    ("events", "ends"),
    [
        (None, ["job.completed", "job.dead"]),
        (["cancelled"], ["job.cancelled"]),
        (["dead", "cancelled"], ["job.cancelled", "job.dead"]),
    ],
)
def test_only_the_ends_that_were_asked_for_are_told(client, seats, told, events, ends):
    target = {"url": URL, "headers": {"X-Key": "k"}, **({"events": events} if events else {})}
    engine = seats(1)
    client.cancel(client.enqueue("t", queue="third", webhook=target).id)
    client.enqueue("t", webhook=target)
    engine.complete([Done(held(engine))])
    client.enqueue("t", queue="other", webhook=target)
    engine.bury(held(engine, ["other"]), ERROR)
    hooks = [*told(), *told("other"), *told("third")]
    assert sorted(hook["event"] for hook in hooks) == ends
    assert all(hook["target"]["headers"] == {"X-Key": "k"} for hook in hooks)


def test_a_purge_tells_of_every_job_that_it_cancels(client, told):
    for _ in range(3):
        client.enqueue("t", webhook={"url": URL, "events": ["cancelled"]})
    assert client.purge("default") == 3
    assert len(told()) == 3


def test_a_webhook_is_owed_even_by_a_queue_that_is_full(store, client, seats, told):
    client.enqueue("t", webhook=URL)
    engine = seats(1)
    lease = held(engine)
    client.enqueue("t")
    store.client.hset("herdsman:{default}:limits", "default", 1)
    engine.complete([Done(lease)])
    assert len(told()) == 1


def test_workers_may_announce_a_queue_for_all_webhooks(store, client, seats, told):
    store.client.hset("herdsman:{default}:traits", TYPE, '{"queue": "hooks"}')
    client.enqueue("t", webhook=URL)
    engine = seats(1)
    engine.complete([Done(held(engine))])
    assert (len(told()), len(told("hooks"))) == (0, 1)


def test_many_at_once_keep_their_order_whatever_hangs_on_some(client):
    jobs = [NewJob("t", n, webhook=URL if n % 3 == 0 else None) for n in range(7)]
    ids = client.enqueue_many(jobs)
    assert [client.find(job).data for job in ids] == list(range(7))


@pytest.mark.parametrize("target", ["ftp://x/y", {"url": URL, "events": ["born"]}, {"uri": URL}, 7])
def test_a_target_that_makes_no_sense_is_refused_and_nothing_is_sent(client, target):
    with pytest.raises(ValueError, match="webhook"):
        client.enqueue("t", webhook=target)
    with pytest.raises(ValueError, match="webhook"):
        client.enqueue_many([NewJob("t", webhook=target)])
    assert client.queues() == {}


def test_the_async_client_takes_webhooks_too(store, client, seats, told):
    async def enqueue():
        async with AsyncClient(store.url) as through:
            await through.enqueue("t", webhook=URL)
            await through.enqueue_many([NewJob("t", webhook=URL)])

    asyncio.run(enqueue())
    engine = seats(1)
    engine.complete([Done(engine.lease(job)) for job in claim(engine).jobs])
    assert len(told()) == 2


@pytest.mark.parametrize("verb", ["complete", "bury"])
def test_an_end_whose_reply_is_lost_is_told_once(store, told, verb):
    with Proxy(store.socket) as proxy, Client(proxy.url) as through:
        for _ in range(3):
            proxy.lose = 1
            through.enqueue("t", webhook=URL)
        engine = Engine(proxy.url, "default", incarnation=7)
        engine.post([], 3, ("default",), 30)
        for job in engine.collect().jobs:
            proxy.lose = 1
            lease = engine.lease(job)
            engine.complete([Done(lease)]) if verb == "complete" else engine.bury(
                lease, JobError(type="E", message="m")
            )
        engine.close()
    assert proxy.lost == 6
    assert len(told()) == 3
    assert broken(store.client) == []


def test_a_late_answer_of_a_worker_that_lost_its_lease_tells_nothing(client, seats, told):
    job = client.enqueue("t", webhook=URL)
    engine = seats(1)
    lease = held(engine)
    engine.release([lease])
    engine.complete([Done(lease)])
    assert told() == []
    assert client.find(job.id).state == JobState.PENDING
