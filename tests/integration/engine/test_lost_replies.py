"""The store executed a call and its reply never came: nothing is lost and nothing is done twice."""

import asyncio

import pytest

from engine import AsyncClient, Client, JobError, StoreDown
from engine.clients.engine import Engine
from engine.dead.deaths import drop, requeue
from engine.schedules import schedule
from engine.store.claims import Done
from engine.store.session import Session
from tests.support.invariants import broken
from tests.support.proxy import Proxy


@pytest.fixture
def proxy(store):
    with Proxy(store.socket) as proxy:
        yield proxy
    assert broken(store.client) == []


def test_an_enqueue_whose_reply_is_lost_adds_one_job(store, proxy):
    with Client(proxy.url) as through, Client(store.url) as direct:
        through.enqueue("t", 0)
        for n in range(1, 20):
            proxy.lose = 1
            assert through.enqueue("t", n).fetch().data == n
        assert proxy.lost == 19
        assert direct.queues()["default"].pending == 20


def test_a_bulk_enqueue_whose_reply_is_lost_adds_each_job_once(store, proxy):
    with Client(proxy.url) as through:
        proxy.lose = 1
        ids = through.enqueue_many(("t", n) for n in range(2500))
        assert len(set(ids)) == through.queues()["default"].pending == 2500


def test_an_async_enqueue_whose_reply_is_lost_adds_one_job(store, proxy):
    async def enqueue():
        async with AsyncClient(proxy.url) as through:
            await through.enqueue("t", 0)
            proxy.lose = 1
            await through.enqueue("t", 1)
            return (await through.queues())["default"].pending

    assert asyncio.run(enqueue()) == 2


def test_a_claim_whose_reply_is_lost_brings_the_same_jobs_and_acknowledges_once(store, proxy):
    with Client(store.url) as client:
        ids = client.enqueue_many(("t", n) for n in range(50))
        engine = Engine(proxy.url, "default", incarnation=7)
        seen, done = [], []
        while True:
            proxy.lose = 3
            engine.post(done, 7, ("default",), 30)
            grant = engine.collect()
            proxy.lose = 0
            if not grant.jobs:
                break
            seen += [job.id for job in grant.jobs]
            done = [Done(engine.lease(job)) for job in grant.jobs]
        engine.close()
        assert seen == ids
        assert proxy.lost > 20
        assert client.queues()["default"].processing == client.queues()["default"].pending == 0


def test_a_firing_or_a_run_by_hand_whose_reply_is_lost_makes_one_job(store, proxy):
    one = schedule.Schedule(name="nightly", task="t", cron="* * * * *")
    with Client(store.url) as direct, Client(proxy.url) as through:
        direct.run(schedule.declare("a", [one]))
        store.client.hset("herdsman:{default}:schedule:nightly", "slot", 60)
        through.run(schedule.fire(one, 90))  # the server knows both scripts now
        through.run(schedule.run(one))
        proxy.lose = 1
        assert through.run(schedule.fire(one, 120)).outcome == "late"  # the first time it was not
        for _ in range(5):
            proxy.lose = 1
            assert direct.find(through.run(schedule.run(one))).type == "t"
        assert proxy.lost == 6
        assert direct.queues()["default"].pending == direct.schedules.list()[0].fired == 8


@pytest.mark.parametrize("verb", ["complete", "retry", "bury", "release"])
def test_a_verb_whose_reply_is_lost_happens_once(store, proxy, verb):
    with Client(store.url) as client:
        handle = client.enqueue("t")
        engine = Engine(proxy.url, "default", incarnation=7)
        engine.post([], 1, ("default",), 30)
        lease = engine.lease(engine.collect().jobs[0])
        proxy.lose = 1
        error = JobError(type="E", message="m")
        {
            "complete": lambda: engine.complete([Done(lease, b"\x01", 60)]),
            "retry": lambda: engine.retry(lease, error, 60),
            "bury": lambda: engine.bury(lease, error),
            "release": lambda: engine.release([lease]),
        }[verb]()
        engine.close()
        job = handle.fetch()
        expected = {
            "complete": ("completed", 1),
            "retry": ("scheduled", 1),
            "bury": ("dead", 1),
            "release": ("pending", 0),
        }
        assert (job.state, job.attempts) == expected[verb]


def _dead(store, count):
    """Ids of that many dead letters."""
    with Client(store.url) as client:
        ids = client.enqueue_many(("t", n) for n in range(count))
        engine = Engine(store.url, "default", incarnation=9)
        engine.post([], count, ("default",), 30)
        for job in engine.collect().jobs:
            engine.bury(engine.lease(job), JobError(type="E", message=f"m{job.seq}"))
        engine.close()
        return ids


@pytest.mark.parametrize("verb", ["retry", "delete"])
def test_a_dead_letter_whose_verbs_reply_is_lost_is_moved_once_and_said_so(store, proxy, verb):
    job, other = _dead(store, 2)
    with Client(proxy.url) as through:
        proxy.lose = 1
        assert getattr(through.dead_letters, verb)(job) is True
        assert getattr(through.dead_letters, verb)(job) is False
        assert proxy.lost == 1
        figures = through.queues()["default"]
        assert (figures.dead, figures.pending) == (1, 1 if verb == "retry" else 0)
        assert through.find(other).state == "dead"


@pytest.mark.parametrize("verb", ["retry_many", "delete_many"])
@pytest.mark.parametrize("skip", range(6))
def test_many_dead_letters_are_counted_once_whichever_reply_is_lost(store, proxy, verb, skip):
    _dead(store, 500)
    with Client(proxy.url) as through:
        through.ping()
        proxy.skip, proxy.lose = skip, 1
        assert getattr(through.dead_letters, verb)() == 500


@pytest.mark.parametrize("verb", ["retry_many", "delete_many"])
def test_many_dead_letters_are_counted_once_by_the_async_client_too(store, proxy, verb):
    _dead(store, 300)

    async def move():
        async with AsyncClient(proxy.url) as through:
            proxy.skip, proxy.lose = 2, 1
            return await getattr(through.dead_letters, verb)()

    assert asyncio.run(move()) == 300


@pytest.mark.parametrize("skip", range(3))
def test_a_purge_whose_reply_is_lost_counts_each_job_once(store, proxy, skip):
    with Client(store.url) as client:
        client.enqueue_many(("t", n) for n in range(1200))
    with Client(proxy.url) as through:
        proxy.skip, proxy.lose = skip, 1
        assert through.purge("default") == 1200
        assert proxy.lost == 1


def test_a_ghost_of_an_old_retry_moves_nothing(store):
    [job] = _dead(store, 1)
    session = Session(store.url, "default", caller=77)
    session.load("requeue")
    ghost = session.pack(requeue([job]), session.next_operation())
    for _ in range(2):
        session.run(drop(["1-1-1"]))
    session.send(ghost)
    assert session.receive() == b""
    session.close()
    with Client(store.url) as client:
        assert client.find(job).state == "dead"


def test_a_store_that_is_away_is_said_at_once_and_comes_back_by_itself(store, proxy):
    with Client(proxy.url) as through:
        through.enqueue("t")
        proxy.refuse = True
        with pytest.raises(StoreDown, match="does not answer"):
            through.enqueue("t")
        proxy.refuse = False
        through.enqueue("t")
        assert through.queues()["default"].pending == 2


def test_a_waiting_claim_survives_the_store_being_killed_and_started_again(store):
    with Client(store.url) as client:
        client.enqueue("t")
        turns = []

        def idle(_wait):
            turns.append(1)
            if len(turns) == 1:
                store.start()
            return True

        engine = Engine(store.url, "default", incarnation=7, idle=idle)
        engine.post([], 0, ("default",), 30)
        engine.collect()
        store.stop()
        engine.post([], 1, ("default",), 30)
        assert len(engine.collect().jobs) == 1
        assert turns
        engine.close()
