"""Jobs of all kinds in one script: all of them, or none."""

import asyncio
import json

import pytest

from engine import AsyncClient, Client, IdempotencyConflict, NewJob, QueueClosed, QueueFull, UniqueConflict
from engine.clients.engine import Engine
from engine.entrance.enqueue import CHUNK
from engine.entrance.submit_many import MOST
from engine.jobs.job import WorkerInfo
from engine.queues.limits import QueueLimits
from tests.faults.picture import picture
from tests.support.proxy import Proxy
from tests.support.seats import claim

BASE = "herdsman:{default}"
HOOK = "https://hooks.example.com/a"
RAISE = {"on_conflict": "raise"}
LATER = {"mode": "keep_last", "key": "k"}


def batch(client, jobs, **options):
    return client.ask(client._entrance.accept_batch(jobs, **options))


@pytest.fixture
def limited(store):
    """Three jobs in `small`, of each tenant one; none in `closed`."""
    engine = Engine(store.url, "default", incarnation=7)
    info = WorkerInfo(incarnation="7", host="box", pid=1, pool="default", slot=0)
    engine.register(info, {"a": "default"}, {"small": QueueLimits(max_pending=3, tenant_max_pending=1)})
    engine.close()
    store.client.hset(f"{BASE}:limits", "closed", "closed 0 0 0 0")


def test_jobs_of_all_kinds_are_in_with_their_ids_in_order(client, seats):
    client.enqueue("t", 3, unique=True)
    jobs = [
        NewJob("t", 0, webhook=HOOK),
        NewJob("t", 1),
        NewJob("t", 2, unique=True, delay=60),
        NewJob("t", 3, unique=True),
        NewJob("t", 4, idempotency_key="k", tenant="a", priority="high"),
        NewJob("u", 5, queue="other"),
        NewJob("t", 2, unique=True),
    ]
    taken = batch(client, jobs)
    found = client.find_many(taken.ids)
    assert [found[one].data for one in taken.ids] == [job.data for job in jobs]
    assert (taken.new, taken.ids[2]) == (5, taken.ids[6])
    assert {name: queue.pending for name, queue in client.queues().items()} == {"default": 4, "other": 1}
    assert len(claim(seats(1), 9).jobs) == 4


SMALL = NewJob("a", 0, "small")
TENANTS = NewJob("a", 0, "small", tenant="x")
ONLY = NewJob("t", 9, unique=RAISE)
HOOKED = NewJob("t", webhook=HOOK)

CASES = {
    "another stands": ([NewJob("t", 1), NewJob("t", 0, unique=RAISE)], UniqueConflict, (1, None)),
    "two of the batch": ([ONLY, NewJob("t"), ONLY], UniqueConflict, (2, 0)),
    "a key of another": ([HOOKED, NewJob("t", 1, idempotency_key="k")], IdempotencyConflict, (1, None)),
    "a key of two": ([NewJob("t", n, idempotency_key="two") for n in range(2)], IdempotencyConflict, (1, 0)),
    "full by all kinds": ([SMALL, NewJob("a", 1, "small", unique=True), SMALL, TENANTS], QueueFull, None),
    "full for a tenant": ([TENANTS, NewJob("a", 1, "small", tenant="x", webhook=HOOK)], QueueFull, None),
    "closed": ([HOOKED, NewJob("t", 1, "closed", unique=True)], QueueClosed, None),
}


@pytest.mark.parametrize("name", CASES)
def test_where_one_is_refused_nothing_is_written(client, store, limited, name):
    jobs, error, places = CASES[name]
    client.enqueue("t", 0, unique=True)
    client.enqueue("t", 0, idempotency_key="k")
    before = _but_lanes(picture(store.client))
    with pytest.raises(error) as caught:
        batch(client, jobs)
    assert places is None or (caught.value.at, caught.value.twin) == places
    assert _but_lanes(picture(store.client)) == before


def _but_lanes(shown):
    """A lane has its number from when it was first looked for, whether anything came into it or not."""
    return {key: shown[key] for key in shown if not key.endswith((":lanes", ":names", ":said"))}


def test_what_stands_already_needs_no_room(client, store, limited):
    jobs = [NewJob("a", n, "small", unique=True) for n in range(3)]
    taken = batch(client, jobs)
    assert batch(client, jobs * 2) == (taken.ids * 2, 0)
    with pytest.raises(QueueFull):
        batch(client, [*jobs, NewJob("a", 9, "small")])
    store.client.hset(f"{BASE}:limits", "small", "closed 3 0 1 0")
    assert batch(client, jobs).ids == taken.ids


def test_types_that_are_unique_or_cached_by_what_workers_said_are_learned_first(client, store):
    for type_, traits in (("once", {"unique": {"on_conflict": "raise"}}), ("report", {"cache": 60_000})):
        store.client.hset(f"{BASE}:traits", type_, json.dumps(traits))
    report = NewJob("report", 2)
    taken = batch(client, [NewJob("once", 1), report, NewJob("t", 3), NewJob("report", 2, webhook=HOOK), report])
    assert (taken.new, taken.ids[4]) == (4, taken.ids[1])
    fresh = batch(client, [report, NewJob("report", 2, fresh=True), report])
    assert (fresh.new, fresh.ids) == (1, [taken.ids[1], fresh.ids[1], fresh.ids[1]])
    with Client(store.url) as other, pytest.raises(UniqueConflict) as caught:
        other.enqueue_many([report, ("t", 4), ("once", 1)])
    assert caught.value.at == 2
    assert client.queues()["default"].pending == 5


def test_too_many_that_are_not_plain_are_refused_before_anything_is_sent(client):
    jobs = [NewJob("t", n, webhook=HOOK) for n in range(MOST + 1)]
    with pytest.raises(ValueError, match=r"1,001 of these jobs are .* at most 1,000"):
        batch(client, [NewJob("t"), *jobs])
    assert client.queues() == {}
    assert CHUNK <= MOST  # else `enqueue_many` could not send a chunk of them


def test_each_chunk_of_many_is_taken_whole_and_a_refusal_names_the_place_in_all_of_them(client):
    jobs = [NewJob("t", n, unique=True) for n in range(CHUNK)]
    with pytest.raises(UniqueConflict, match=rf"jobs\[{CHUNK + 1}\]") as caught:
        client.enqueue_many([*jobs, ("t", 0), NewJob("t", 7, unique=RAISE), ("t", 1)])
    assert caught.value.at == CHUNK + 1
    assert client.queues()["default"].pending == CHUNK


def test_a_lost_reply_is_answered_again(store, client):
    client.enqueue("t", 0, unique=True)
    jobs = [NewJob("t", 1), NewJob("t", 0, unique=True), NewJob("t", 2, webhook=HOOK)]
    with Proxy(store.socket) as proxy, Client(proxy.url) as through:
        through.ping()
        for n in range(1, 4):
            proxy.lose = 1
            assert batch(through, jobs).new == 2
            proxy.lose = 1
            with pytest.raises(UniqueConflict):
                batch(through, [*jobs, NewJob("t", 0, unique=RAISE)])
            assert client.queues()["default"].pending == 1 + 2 * n
        assert proxy.lost == 6


def test_what_waits_behind_one_that_runs_is_one_job_though_a_batch_has_several(client, seats):
    client.enqueue("t", 0, unique=LATER)
    claim(seats(1))
    taken = batch(client, [NewJob("t", n, unique=LATER) for n in (1, 2, 3)])
    assert (taken.new, len(set(taken.ids))) == (1, 1)
    assert client.find(taken.ids[0]).data == 3


def test_an_async_client_takes_all_or_none_as_well(store):
    async def asked():
        async with AsyncClient(store.url) as client:
            with pytest.raises(UniqueConflict):
                await client.enqueue_many([("t", 1), *[NewJob("t", 2, unique=RAISE)] * 2])
            ids = await client.enqueue_many([("t", 1), NewJob("t", 2, unique=RAISE)])
            return ids, (await client.queues())["default"].pending

    ids, pending = asyncio.run(asked())
    assert (len(ids), pending) == (2, 2)
