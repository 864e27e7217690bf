"""Rescue, a full store, records that cannot be read, listings, cancelling."""

import time

import pytest

from engine import JobState, NewJob, QueueFull, StoreFull
from engine.store.claims import Done
from tests.support.processes import eventually
from tests.support.seats import ERROR, claim


def test_a_lapsed_lease_is_rescued_once_its_owner_has_been_silent_for_the_grace(client, seats, store):
    handle = client.enqueue("t")
    lost, janitor = seats(1), seats(2)
    claim(lost, lease=0.05)
    janitor.rescue(grace=0.2)
    assert handle.state == JobState.PROCESSING
    eventually(lambda: janitor.rescue(grace=0.2), 3)
    assert handle.state == JobState.PENDING
    assert client.queues()["default"].rescued == 1


def test_right_after_an_outage_nothing_is_rescued_until_owners_could_speak(client, seats):
    handle = client.enqueue("t")
    owner, janitor = seats(1), seats(2)
    [job] = claim(owner, lease=0.05).jobs
    eventually(lambda: time.time() > handle.fetch().enqueued_at + 0.1, 2)
    assert janitor.rescue(grace=5) == []
    assert owner.extend([], [owner.lease(job)], 30).leases == 1
    assert owner.complete([Done(owner.lease(job))]) == 1


def test_a_store_out_of_memory_refuses_new_jobs_and_lets_old_ones_finish(client, seats, store):
    handles = [client.enqueue("t", "x" * 1000) for _ in range(4)]
    engine = seats(1)
    jobs = claim(engine).jobs
    store.client.config_set("maxmemory", "1mb")
    with pytest.raises(StoreFull, match="memory limit"):
        client.enqueue("t")
    leases = [engine.lease(job) for job in jobs]
    assert engine.complete([Done(leases[0], b"\xc4\x04done", 60)]) == 1
    assert engine.retry(leases[1], ERROR, 0)
    assert engine.bury(leases[2], ERROR)
    assert engine.release(leases[3:]) == 1
    engine.promote()
    assert [h.state for h in handles] == ["completed", "pending", "dead", "pending"]
    store.client.config_set("maxmemory", "0")


def test_a_full_queue_refuses_with_a_clear_error(client, store):
    store.client.hset("herdsman:{default}:limits", "default", 3)
    client.enqueue_many(("t", i) for i in range(3))
    with pytest.raises(QueueFull, match="3 jobs wait"):
        client.enqueue("t")


def test_a_record_that_cannot_be_read_is_set_aside_alone_with_its_bytes(client, seats, store):
    before = client.enqueue("t", 1).id
    store.client.xadd("herdsman:{default}:lane:1", {"garbage": b"\xff\x00\x01"})
    store.client.zadd("herdsman:{default}:processing", {b"\xfe no lease": 0})
    store.client.zadd("herdsman:{default}:scheduled", {"no id": 0})
    engine = seats(1)
    assert [j.id for j in claim(engine).jobs] == [before]
    engine.promote()

    def lease_is_gone():
        engine.rescue(grace=0.2)
        return store.client.zscore("herdsman:{default}:processing", b"\xfe no lease") is None

    eventually(lease_is_gone, 2)
    aside = [fields for _, fields in store.client.xrange("herdsman:{default}:aside")]
    why = {b"undecodable", b"no lease of ours in processing", b"scheduled without a record"}
    assert {f[b"why"] for f in aside} == why
    assert any(b"\xff\x00\x01" in f[b"bytes"] for f in aside)


def test_a_pending_or_scheduled_job_can_be_cancelled_and_a_running_one_not(client, seats):
    waiting, later, running = client.enqueue("t"), client.enqueue("t", delay=60), client.enqueue("u", queue="other")
    claim(seats(1), queues=("other",))
    assert [client.cancel(h.id) for h in (waiting, later, running)] == [True, True, False]
    assert [h.state for h in (waiting, later, running)] == ["cancelled", "cancelled", "processing"]
    assert claim(seats(2)).jobs == []


def test_a_type_goes_to_the_queue_its_workers_announced(client, seats, store):
    store.client.hset("herdsman:{default}:types", "mail", "post")
    assert client.enqueue("mail").fetch().queue == "post"
    assert client.enqueue("other").fetch().queue == "default"


def test_jobs_are_found_by_state_queue_and_type_page_by_page(client, seats):
    ids = client.enqueue_many([NewJob("a", i, queue="q") for i in range(30)] + [NewJob("b", i) for i in range(5)])
    first = client.jobs(queue="q", limit=20)
    second = client.jobs(queue="q", limit=20, cursor=first.cursor)
    assert [j.id for j in first.jobs + second.jobs] == ids[:30]
    assert [j.id for j in client.jobs(type="b").jobs] == ids[30:]
    claim(seats(1), 2, queues=("q",))
    assert [j.id for j in client.jobs(state="processing").jobs] == ids[:2]


def test_what_ended_last_is_listed_first(client, seats):
    ids = client.enqueue_many([("t", n) for n in range(3)])
    engine = seats(1)
    for job in claim(engine).jobs:
        assert engine.complete([Done(engine.lease(job), b"\xc0", 60)]) == 1
        ended = time.time()
        eventually(lambda ended=ended: time.time() > ended + 0.002, 1)  # each in a millisecond of its own
    first = client.jobs(state="completed", limit=2)
    rest = client.jobs(state="completed", limit=2, cursor=first.cursor)
    assert [job.id for job in first.jobs + rest.jobs] == ids[::-1]


def test_a_paused_queue_gives_nothing_out_until_it_is_resumed(client, seats):
    client.enqueue("t")
    client.pause("default")
    assert claim(seats(1)).jobs == []
    client.resume("default")
    assert len(claim(seats(2)).jobs) == 1


def test_a_restart_of_the_store_begins_a_new_epoch_so_that_tokens_only_grow(client, seats, store):
    client.enqueue_many([("t", 1), ("t", 2)])
    engine = seats(1)
    [first] = claim(engine, 1).jobs
    store.restart()
    [second] = claim(engine, 1).jobs
    assert second.token > first.token + 2**35
