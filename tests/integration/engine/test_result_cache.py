"""A type with a result cache: equal jobs share one run, and its result for a while."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Client, NewJob
from engine.store.claims import Done
from tests.support.keys import unexplained_keys
from tests.support.processes import eventually
from tests.support.seats import ERROR, claim

NIL = b"\xc0"


@pytest.fixture
def trait(store):
    """Says what a worker would announce of a type."""

    def say(type="report", **traits):
        store.client.hset("herdsman:{default}:traits", type, json.dumps(traits))

    return say


@pytest.fixture
def worker(seats):
    return seats(1)


def finish(worker, result=b"\x07", ttl=600):
    [job] = claim(worker).jobs
    worker.complete([Done(worker.lease(job), result, ttl)])


def test_equal_jobs_share_one_run_and_its_result(client, worker, trait):
    trait(cache=600_000)
    first = client.enqueue("report", {"a": 1, "b": 2})
    assert client.enqueue("report", {"b": 2, "a": 1}).id == first.id
    [job] = claim(worker).jobs
    assert client.enqueue("report", {"a": 1, "b": 2}).id == first.id
    worker.complete([Done(worker.lease(job), b"\x07", 600)])
    again = client.enqueue("report", {"a": 1, "b": 2})
    assert (again.is_new, again.result(timeout=1)) == (False, 7)
    assert client.enqueue("report", {"a": 1, "b": 3}).is_new
    assert client.enqueue("other", {"a": 1, "b": 2}).is_new


def test_another_version_of_the_task_shares_nothing(client, trait):
    trait(cache=600_000, version=1)
    client.enqueue("report")
    trait(cache=600_000, version=2)
    assert client.enqueue("report").is_new


def test_the_result_is_shared_as_long_as_the_task_says(client, worker, trait, store):
    trait(cache=600_000)
    client.enqueue("report")
    finish(worker)
    [key] = store.client.keys("*:cache:*")
    assert 590_000 < store.client.pttl(key) <= 600_000
    assert unexplained_keys(store.client) == []
    store.client.delete(key)  # ten minutes later
    assert client.enqueue("report").is_new


@pytest.mark.parametrize("how", ["bury", "discard", "cancel", "leave nothing"])
def test_what_has_no_result_is_shared_with_nobody_any_more(client, worker, trait, store, how):
    trait(cache=600_000)
    first = client.enqueue("report")
    if how == "cancel":
        client.cancel(first.id)
    else:
        lease = worker.lease(claim(worker).jobs[0])
        {
            "bury": lambda: worker.bury(lease, ERROR),
            "discard": lambda: worker.discard(lease, ERROR, 60),
            "leave nothing": lambda: worker.complete([Done(lease)]),
        }[how]()
    assert store.client.keys("*:cache:*") == []
    assert client.enqueue("report").is_new


def test_a_failure_is_shared_for_a_while_where_that_is_asked_for(client, worker, trait, store):
    trait(cache=600_000, cache_failures=60_000)
    first = client.enqueue("report")
    worker.bury(worker.lease(claim(worker).jobs[0]), ERROR)
    assert client.enqueue("report").id == first.id
    [key] = store.client.keys("*:cache:*")
    assert 50_000 < store.client.pttl(key) <= 60_000
    client.dead_letters.retry(first.id)
    assert store.client.pttl(key) == -1  # it is on its way again
    finish(worker)
    assert client.enqueue("report").result(timeout=1) == 7


def test_a_fresh_job_runs_by_itself_and_later_ones_share_its_result(client, worker, trait):
    trait(cache=600_000)
    client.enqueue("report")
    finish(worker, b"\x01")
    second = client.enqueue("report", fresh=True)
    assert second.is_new
    assert client.enqueue("report").id == second.id
    finish(worker, b"\x02")
    assert client.enqueue("report").result(timeout=1) == 2


def test_a_result_whose_record_is_gone_is_not_shared(client, worker, trait, store):
    trait(cache=600_000)
    first = client.enqueue("report")
    finish(worker, ttl=0.001)
    eventually(lambda: not store.client.exists(f"herdsman:{{default}}:job:{first.id}"), 5)
    assert client.enqueue("report").is_new


def test_producers_that_never_heard_of_the_type_make_one_job_together(client, trait, store):
    trait(cache=600_000)

    def enqueue(n):
        with Client(store.url) as mine:
            if n % 2:
                return mine.enqueue("report", 1).id
            return mine.enqueue_many([("plain", n), ("report", 1)])[1]

    with ThreadPoolExecutor(20) as threads:
        assert len(set(threads.map(enqueue, range(20)))) == 1
    assert len(client.jobs(type="report", limit=50).jobs) == 1
    assert len(client.jobs(type="plain", limit=50).jobs) == 10


def test_many_at_once_share_and_keep_their_order(client, trait):
    trait(cache=600_000)
    ids = client.enqueue_many([NewJob("plain", n) if n % 2 else NewJob("report", 0) for n in range(10)])
    assert len(set(ids)) == 6
    assert [client.find(job).type for job in ids] == ["report", "plain"] * 5


def test_what_a_type_says_of_uniqueness_counts_for_producers_that_know_nothing_of_it(client, worker, trait):
    trait("sync", unique={"mode": "pending_or_running", "by": ["user"]})
    first = client.enqueue("sync", {"user": 1, "n": 1})
    assert client.enqueue("sync", {"user": 1, "n": 2}).id == first.id
    assert client.enqueue("sync", {"user": 2}).is_new
    assert client.enqueue("sync", {"user": 1}, unique=False).is_new


def test_a_producers_first_word_with_a_key_of_its_own_learns_of_the_type_too(client, trait, store):
    trait("sync", unique={"by": ["user"]})
    first = client.enqueue("sync", {"user": 1, "n": 1}, idempotency_key="a")
    with Client(store.url) as other:
        assert other.enqueue("sync", {"user": 1, "n": 2}, idempotency_key="b").id == first.id
