"""The same idempotency key gives the same job, whatever became of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Client, IdempotencyConflict, QueueFull, UniqueConflict
from engine.store.claims import Done
from tests.support.proxy import Proxy
from tests.support.seats import claim


def test_the_same_key_gives_the_same_job_even_when_it_has_ended(client, seats):
    first = client.enqueue("t", {"a": 1, "b": 2}, idempotency_key="k")
    engine = seats(1)
    [job] = claim(engine).jobs
    engine.complete([Done(engine.lease(job))])
    again = client.enqueue("t", {"b": 2, "a": 1}, idempotency_key="k")
    assert (again.id, first.is_new, again.is_new) == (first.id, True, False)
    assert client.enqueue("t", {"a": 1, "b": 2}, idempotency_key="l").is_new


@pytest.mark.parametrize("other", [("t", {"n": 2}), ("u", {"n": 1})])
def test_a_key_that_was_used_for_another_job_is_refused(client, other):
    first = client.enqueue("t", {"n": 1}, idempotency_key="k")
    with pytest.raises(IdempotencyConflict, match="another payload") as caught:
        client.enqueue(*other, idempotency_key="k")
    assert caught.value.id == first.id
    assert client.queues()["default"].pending == 1


def test_a_key_stands_for_a_day_or_as_long_as_is_said(client, store):
    client.enqueue("t", idempotency_key="day")
    [key] = store.client.keys("*:once:*")
    assert 86_390_000 < store.client.pttl(key) <= 86_400_000
    store.client.delete(key)
    client.enqueue("t", idempotency_key="hour", idempotency_ttl="1h")
    [key] = store.client.keys("*:once:*")
    assert 3_590_000 < store.client.pttl(key) <= 3_600_000
    store.client.delete(key)
    assert client.enqueue("t", idempotency_key="hour").is_new


@pytest.mark.parametrize("wrong", [{"idempotency_key": ""}, {"idempotency_key": "k" * 256}, {"idempotency_ttl": 5}])
def test_a_key_that_is_none_is_refused_before_anything_is_sent(client, wrong):
    with pytest.raises(ValueError, match="idempotency"):
        client.enqueue("t", **wrong)
    assert client.queues() == {}


def test_what_was_refused_leaves_no_key_behind(client, store):
    store.client.hset("herdsman:{default}:limits", "default", 1)
    client.enqueue("t", 1, unique=True)
    for options, error in (({}, QueueFull), ({"unique": {"on_conflict": "raise"}}, UniqueConflict)):
        with pytest.raises(error):
            client.enqueue("t", 1, idempotency_key="k", **options)
    assert store.client.keys("*:once:*") == []


def test_twenty_threads_with_one_key_make_one_job(client, store):
    def enqueue(_n):
        with Client(store.url) as mine:
            return mine.enqueue("t", {"n": 1}, idempotency_key="k")

    with ThreadPoolExecutor(20) as threads:
        handles = list(threads.map(enqueue, range(20)))
    assert len({handle.id for handle in handles}) == 1
    assert sum(handle.is_new for handle in handles) == 1
    assert client.queues()["default"].pending == 1


def test_a_lost_reply_is_answered_again(store, client):
    with Proxy(store.socket) as proxy, Client(proxy.url) as through:
        through.enqueue("t", 0, idempotency_key="k0")
        for n in range(1, 10):
            proxy.lose = 1
            first = through.enqueue("t", n, idempotency_key=f"k{n}")
            assert first.is_new
            assert through.enqueue("t", n, idempotency_key=f"k{n}").id == first.id
        assert proxy.lost == 9
    assert client.queues()["default"].pending == 10
