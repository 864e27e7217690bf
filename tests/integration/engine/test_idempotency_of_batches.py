"""The same idempotency key gives a whole call the same jobs."""

import pytest

from engine import Client, IdempotencyConflict, NewJob, UniqueConflict

BASE = "herdsman:{default}"
JOBS = (NewJob("t", 1), NewJob("t", 2, unique=True), NewJob("t", 3, webhook="https://hooks.example.com/a"))


def batch(client, jobs, key=None):
    return client.ask(client._entrance.accept_batch(jobs, key=key))


@pytest.mark.parametrize("kinds", [slice(1), slice(1, None), slice(None)])
def test_the_same_key_gives_the_same_ids_and_adds_nothing(client, store, kinds):
    first = batch(client, JOBS[kinds], key="k")
    assert first.new == len(first.ids)
    store.client.hset(f"{BASE}:limits", "default", "closed 0 0 0 0")
    with Client(store.url) as other:
        assert batch(other, JOBS[kinds], key="k") == (first.ids, 0)
    assert client.queues()["default"].pending == first.new
    [key] = store.client.keys("*:once:*")
    assert 86_390_000 < store.client.pttl(key) <= 86_400_000


@pytest.mark.parametrize("other", [JOBS[:2], (*JOBS, NewJob("t", 4)), (JOBS[1], JOBS[0], JOBS[2])])
def test_the_key_with_other_jobs_is_refused(client, other):
    batch(client, JOBS, key="k")
    with pytest.raises(IdempotencyConflict, match="for a batch of other jobs") as caught:
        batch(client, other, key="k")
    assert (caught.value.id, caught.value.at) == ("", None)
    assert client.queues()["default"].pending == 3


def test_a_key_is_one_jobs_or_a_whole_calls(client):
    single = client.enqueue("t", 1, idempotency_key="single")
    with pytest.raises(IdempotencyConflict) as caught:
        batch(client, [NewJob("t", 1)], key="single")
    assert caught.value.id == single.id
    batch(client, [NewJob("t", 1)], key="whole")
    with pytest.raises(IdempotencyConflict, match="for a batch"):
        client.enqueue("t", 1, idempotency_key="whole")
    with pytest.raises(IdempotencyConflict, match=r"jobs\[0\].*for a batch"):
        batch(client, [NewJob("t", 1, idempotency_key="whole")])


def test_what_was_refused_leaves_no_key_behind(client, store):
    client.enqueue("t", 1, unique=True)
    with pytest.raises(UniqueConflict):
        batch(client, [NewJob("t", 1, unique={"on_conflict": "raise"})], key="k")
    assert store.client.keys("*:once:*") == []
