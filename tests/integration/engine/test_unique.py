"""Of jobs that count as the same, one stands at a time; whatever becomes of it, its key is free again afterwards."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Client, JobState, NewJob, Unique, UniqueConflict
from engine.store.claims import Done
from tests.support.keys import unexplained_keys
from tests.support.proxy import Proxy
from tests.support.seats import ERROR, claim

RUNNING = Unique("pending_or_running", key="k")


@pytest.fixture
def worker(seats):
    return seats(1)


def one(worker, **options):
    """The lease of the one job that can be claimed."""
    [job] = claim(worker, 5, **options).jobs
    return worker.lease(job)


def payloads(worker):
    """What is claimed now."""
    return [job.payload for job in claim(worker).jobs]


def test_a_second_job_with_the_same_payload_is_the_first_one(client):
    first = client.enqueue("t", {"a": 1, "b": 2}, unique=True)
    second = client.enqueue("t", {"b": 2, "a": 1}, unique=True)
    assert (second.id, first.is_new, second.is_new) == (first.id, True, False)
    assert client.enqueue("t", {"a": 1, "b": 3}, unique=True).is_new
    assert client.enqueue("u", {"a": 1, "b": 2}, unique=True).is_new
    assert client.enqueue("t", {"a": 1, "b": 2}).is_new


def test_named_fields_tell_jobs_apart_and_others_do_not(client):
    policy = {"by": ["user"]}
    first = client.enqueue("t", {"user": 1, "n": 1}, unique=policy)
    assert client.enqueue("t", {"user": 1, "n": 2}, unique=policy).id == first.id
    assert client.enqueue("t", {"user": 2, "n": 1}, unique=policy).id != first.id
    with pytest.raises(ValueError, match="no field 'user'"):
        client.enqueue("t", {"usr": 1}, unique=policy)


def test_a_key_of_ones_own_tells_jobs_of_one_type_apart(client):
    first = client.enqueue("t", 1, unique=RUNNING)
    assert client.enqueue("t", 2, unique=RUNNING).id == first.id
    assert client.enqueue("u", 2, unique=RUNNING).id != first.id


def test_a_job_that_is_claimed_is_in_the_way_only_where_running_counts(client, worker):
    waits, runs = client.enqueue("t", unique="pending"), client.enqueue("u", unique="pending_or_running")
    assert len(claim(worker).jobs) == 2
    assert client.enqueue("t", unique="pending").id != waits.id
    assert client.enqueue("u", unique="pending_or_running").id == runs.id


def test_a_scheduled_job_counts_as_one_that_waits(client):
    first = client.enqueue("t", unique=True, delay=60)
    assert client.enqueue("t", unique=True).id == first.id


@pytest.mark.parametrize("back", ["release", "retry", "give_back", "settle"])
def test_a_job_that_comes_back_takes_its_key_again(client, worker, seats, back):
    first = client.enqueue("t", unique="pending")
    lease = one(worker)
    {
        "release": lambda: worker.release([lease]),
        "retry": lambda: worker.retry(lease, ERROR, 60),
        "give_back": lambda: seats(2).give_back(1, 10**6, []),
        "settle": lambda: seats(2).settle(1, "signal 9", [lease], charged=True, max_crashes=3),
    }[back]()
    assert client.enqueue("t", unique="pending").id == first.id


def test_a_key_that_another_took_meanwhile_is_left_alone(client, worker, store):
    client.enqueue("t", unique="pending")
    lease = one(worker)
    second = client.enqueue("t", unique="pending")
    worker.release([lease])
    assert client.enqueue("t", unique="pending").id == second.id
    assert len(claim(worker).jobs) == 2
    assert lock_keys(store) == []


def lock_keys(store):
    return store.client.keys("*:unique:*")


def test_what_is_pruned_leaves_no_key(client, worker, store):
    client.enqueue("t", unique=RUNNING)
    worker.bury(one(worker), ERROR)
    client.enqueue("t", unique=RUNNING, idempotency_key="i")
    worker.complete([Done(one(worker), b"\x01", 0.001)])
    while worker.prune(age=0, dead_after={"default": 0}).gone:
        pass
    assert unexplained_keys(store.client) == []
    assert client.enqueue("t", unique=RUNNING).is_new


def test_a_dead_letter_with_another_life_takes_its_key_when_it_is_free(client, worker):
    first = client.enqueue("t", unique=RUNNING)
    worker.bury(one(worker), ERROR)
    assert client.dead_letters.retry(first.id)
    assert client.enqueue("t", unique=RUNNING).id == first.id


def test_a_dead_letter_with_another_life_goes_without_its_key_when_another_has_it(client, worker):
    first = client.enqueue("t", unique=RUNNING)
    worker.bury(one(worker), ERROR)
    second = client.enqueue("t", unique=RUNNING)
    assert client.dead_letters.retry(first.id)
    leases = {job.id: worker.lease(job) for job in claim(worker).jobs}
    assert set(leases) == {first.id, second.id}
    worker.complete([Done(leases[first.id])])
    assert client.enqueue("t", unique=RUNNING).id == second.id


def test_on_conflict_raise_names_the_job_that_stands(client):
    first = client.enqueue("t", unique=True)
    with pytest.raises(UniqueConflict) as caught:
        client.enqueue("t", unique={"on_conflict": "raise"})
    assert caught.value.id == first.id


def test_on_conflict_replace_gives_the_waiting_job_the_new_payload_and_leaves_a_running_one(client, worker):
    policy = {"mode": "pending_or_running", "key": "k", "on_conflict": "replace"}
    first = client.enqueue("t", 1, unique=policy)
    assert client.enqueue("t", 2, unique=policy, retries=7).id == first.id
    found = first.fetch()
    assert (found.data, found.retries) == (2, 7)
    one(worker)
    assert client.enqueue("t", 3, unique=policy).id == first.id
    assert first.fetch().data == 2


def test_on_conflict_extend_puts_a_scheduled_job_off_and_never_forward(client):
    policy = {"on_conflict": "extend"}
    first = client.enqueue("t", unique=policy, delay=60)
    due = first.fetch().due_at
    assert client.enqueue("t", unique=policy, delay=600).id == first.id
    assert first.fetch().due_at > due + 500
    for options in ({"delay": 5}, {}):
        client.enqueue("t", unique=policy, **options)
        assert first.fetch().due_at > due + 500


def test_throttle_lets_one_through_in_a_period_even_when_it_has_ended(client, worker, store):
    policy = {"mode": "throttle", "period": "1h"}
    first = client.enqueue("t", 1, unique=policy)
    worker.complete([Done(one(worker))])
    assert client.enqueue("t", 1, unique=policy).id == first.id
    [key] = lock_keys(store)
    assert 0 < store.client.pttl(key) <= 3600_000
    store.client.delete(key)  # the period is over
    assert client.enqueue("t", 1, unique=policy).is_new


def test_a_throttled_job_that_was_cancelled_makes_way(client):
    policy = {"mode": "throttle", "period": "1h"}
    first = client.enqueue("t", unique=policy)
    assert client.cancel(first.id)
    assert client.enqueue("t", unique=policy).is_new


def test_debounce_runs_the_last_one_once_after_silence(client, worker, store):
    policy = {"mode": "debounce", "key": "k", "period": "1h"}
    first = client.enqueue("t", 1, unique=policy)
    due = first.fetch().due_at
    assert first.state == JobState.SCHEDULED
    second = client.enqueue("t", 2, unique=policy)
    found = second.fetch()
    assert (second.id, found.data) == (first.id, 2)
    assert found.due_at >= due
    store.client.zadd("herdsman:{default}:scheduled", {first.id: 0})  # an hour of silence
    worker.promote()
    assert client.enqueue("t", 3, unique=policy).id == first.id
    assert payloads(worker) == [b"\x03"]
    assert client.enqueue("t", 4, unique=policy).is_new


def test_a_debounced_job_waits_no_longer_than_max_wait(client, store):
    policy = {"mode": "debounce", "key": "k", "period": "1h", "max_wait": "1h"}
    first = client.enqueue("t", 1, unique=policy)
    due = first.fetch().due_at
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: client.enqueue("t", n, unique=policy), range(20)))
    assert first.fetch().due_at == due


def test_keep_last_has_one_that_runs_and_one_with_the_newest_payload_behind_it(client, worker, store):
    policy = {"mode": "keep_last", "key": "k"}
    first = client.enqueue("t", 1, unique=policy)
    assert client.enqueue("t", 2, unique=policy).id == first.id
    [running] = claim(worker).jobs
    assert running.payload == b"\x02"
    second = client.enqueue("t", 3, unique=policy)
    third = client.enqueue("t", 4, unique=policy)
    assert (second.is_new, third.id, second.fetch().data) == (True, second.id, 4)
    assert second.fetch().due_at is None
    worker.promote()
    assert claim(worker).jobs == []
    worker.complete([Done(worker.lease(running))])
    [follower] = claim(worker).jobs
    assert (follower.id, follower.payload) == (second.id, b"\x04")
    worker.complete([Done(worker.lease(follower))])
    assert lock_keys(store) == []


def test_what_waits_behind_another_waits_for_its_own_time_too(client, worker):
    policy = {"mode": "keep_last", "key": "k"}
    client.enqueue("t", 1, unique=policy)
    lease = one(worker)
    second = client.enqueue("t", 2, unique=policy, delay=600)
    worker.complete([Done(lease)])
    assert (second.fetch().state, claim(worker).jobs) == (JobState.SCHEDULED, [])


def test_what_waits_behind_another_can_be_cancelled(client, worker):
    policy = {"mode": "keep_last", "key": "k"}
    client.enqueue("t", 1, unique=policy)
    lease = one(worker)
    second = client.enqueue("t", 2, unique=policy)
    assert client.cancel(second.id)
    third = client.enqueue("t", 3, unique=policy)
    worker.bury(lease, ERROR)
    assert [job.id for job in claim(worker).jobs] == [third.id]


def test_twenty_threads_make_one_job(client, store):
    def enqueue(_n):
        with Client(store.url) as mine:
            return mine.enqueue("t", {"n": 1}, unique=RUNNING)

    with ThreadPoolExecutor(20) as threads:
        handles = list(threads.map(enqueue, range(20)))
    assert len({handle.id for handle in handles}) == 1
    assert sum(handle.is_new for handle in handles) == 1
    assert client.queues()["default"].pending == 1


def test_a_lost_reply_is_answered_again_as_new(store, client):
    with Proxy(store.socket) as proxy, Client(proxy.url) as through:
        through.enqueue("t", 0, unique=True)
        for n in range(1, 10):
            proxy.lose = 1
            assert through.enqueue("t", n, unique=True).is_new
        assert proxy.lost == 9
    assert client.queues()["default"].pending == 10


def test_many_at_once_keep_their_order_and_their_policies(client):
    jobs = [NewJob("t", 1), NewJob("t", 2, unique=True), NewJob("t", 2, unique=True), NewJob("t", 3)]
    ids = client.enqueue_many(jobs)
    assert ids[1] == ids[2]
    assert [client.find(job).data for job in ids] == [1, 2, 2, 3]
    assert client.queues()["default"].pending == 3
