"""The verbs on the real server: what each moves, and what it refuses to move."""

import time

import pytest

from engine import Client, JobError, JobState, NewJob, QueueFull, StoreFull
from engine.claims import Done
from engine.engine import Engine
from tests.support.invariants import broken
from tests.support.processes import eventually

ERROR = JobError(type="ValueError", message="no")


@pytest.fixture
def client(store):
    with Client(store.url) as client:
        yield client
    assert broken(store.client) == []


@pytest.fixture
def seats(store):
    made = []

    def seat(incarnation):
        made.append(Engine(store.url, "default", incarnation=incarnation))
        return made[-1]

    yield seat
    for engine in made:
        engine.close()


def claim(engine, want=100, queues=("default",), done=(), lease=30.0):
    engine.post(list(done), want, queues, lease)
    return engine.collect()


def test_jobs_are_claimed_in_the_order_they_came(client, seats):
    ids = client.enqueue_many(("t", i) for i in range(10))
    assert [job.id for job in claim(seats(1), 4).jobs + claim(seats(2), 100).jobs] == ids


def test_a_strictly_higher_queue_is_emptied_first(client, seats):
    low = client.enqueue("t", queue="low").id
    high = client.enqueue("t", queue="high").id
    assert [job.id for job in claim(seats(1), queues=("high", "low")).jobs] == [high, low]


def test_an_acknowledged_job_without_a_result_leaves_nothing_but_is_known_to_be_completed(client, seats, store):
    job_id = client.enqueue("t").id
    engine = seats(1)
    [job] = claim(engine).jobs
    claim(engine, 0, done=[Done(engine.lease(job))])
    assert client.find(job_id).state == JobState.COMPLETED
    assert store.client.exists(f"herdsman:{{default}}:job:{job_id}") == 0


def test_a_result_is_kept_and_expires(client, seats, store):
    handle = client.enqueue("t", {"a": 1})
    engine = seats(1)
    [job] = claim(engine).jobs
    engine.complete([Done(engine.lease(job), b"\x05", 60)])
    found = handle.fetch()
    assert (found.state, found.result, found.data, found.attempts) == (JobState.COMPLETED, 5, {"a": 1}, 1)
    assert 0 < store.client.pttl(f"herdsman:{{default}}:job:{handle.id}") <= 60_000


def test_the_same_operation_again_gives_the_same_jobs_and_claims_no_more(client, seats):
    client.enqueue_many(("t", i) for i in range(5))
    engine = seats(1)
    engine.post([], 3, ("default",), 30)
    _, command, _ = engine._posted
    first = engine.collect()
    engine._posted, engine._sent = (1, command, ("default",)), False
    again = engine.collect()
    assert [(j.id, j.token, j.payload) for j in again.jobs] == [(j.id, j.token, j.payload) for j in first.jobs]
    assert client.queues()["default"].processing == 3


def test_a_repeated_claim_leaves_out_what_was_taken_away_meanwhile(client, seats):
    client.enqueue_many(("t", i) for i in range(3))
    engine = seats(1)
    engine.post([], 3, ("default",), 30)
    _, command, _ = engine._posted
    first = engine.collect()
    engine.release([engine.lease(first.jobs[1])])
    engine._posted, engine._sent = (1, command, ("default",)), False
    assert [j.id for j in engine.collect().jobs] == [first.jobs[0].id, first.jobs[2].id]


def test_a_ghost_of_an_old_claim_claims_nothing(client, seats):
    engine = seats(1)
    engine.post([], 1, ("default",), 30)
    _, ghost, _ = engine._posted
    engine.collect()
    for _ in range(3):
        claim(engine, 1)
    client.enqueue("t")
    engine._posted, engine._sent = (1, ghost, ("default",)), False
    assert engine.collect().jobs == []
    assert client.queues()["default"].pending == 1


def test_a_dead_incarnation_claims_nothing_and_its_late_acknowledgement_changes_nothing(client, seats):
    handle = client.enqueue("t")
    dead, keeper = seats(1), seats(2)
    [job] = claim(dead).jobs
    keeper.settle(1, "signal 9", [dead.lease(job)], charged=True, max_crashes=3)
    assert claim(dead, done=[Done(dead.lease(job))]).lost == 1
    assert handle.state == JobState.PENDING


def test_only_the_started_job_of_a_dead_worker_is_charged_and_order_is_kept(client, seats):
    ids = client.enqueue_many(("t", i) for i in range(5))
    dead, keeper = seats(1), seats(2)
    jobs = claim(dead).jobs
    settled = keeper.settle(1, "signal 9", [dead.lease(jobs[0])], charged=True, max_crashes=3)
    assert settled == (5, 1, 0)
    assert [(j.id, j.crashes) for j in claim(seats(3)).jobs] == [(i, int(i == ids[0])) for i in ids]


def test_settling_twice_charges_once(client, seats):
    handle = client.enqueue("t")
    dead, keeper = seats(1), seats(2)
    lease = dead.lease(claim(dead).jobs[0])
    keeper.settle(1, "signal 9", [lease], charged=True, max_crashes=3)
    assert keeper.settle(1, "signal 9", [lease], charged=True, max_crashes=3) == (0, 0, 0)
    assert handle.fetch().crashes == 1


def test_a_job_that_takes_its_process_down_again_and_again_is_buried_with_the_cause(client, seats):
    handle = client.enqueue("t")
    keeper = seats(99)
    for life in range(1, 4):
        engine = seats(life)
        [job] = claim(engine).jobs
        keeper.settle(life, "hard timeout", [engine.lease(job)], charged=True, max_crashes=3)
    found = handle.fetch()
    assert (found.state, found.crashes, found.attempts, found.error.cause) == (JobState.DEAD, 3, 0, "hard timeout")
    assert client.queues()["default"].dead == 1


def test_a_death_that_is_no_crash_charges_nobody(client, seats):
    handle = client.enqueue("t")
    dead = seats(1)
    seats(2).settle(1, "drain deadline", [dead.lease(claim(dead).jobs[0])], charged=False, max_crashes=1)
    found = handle.fetch()
    assert (found.state, found.crashes, found.attempts) == (JobState.PENDING, 0, 0)


def test_a_failed_job_waits_for_its_retry_and_is_promoted_when_due(client, seats):
    handle = client.enqueue("t", [1])
    engine = seats(1)
    [job] = claim(engine).jobs
    assert engine.retry(engine.lease(job), ERROR, 0.05)
    assert handle.state == JobState.SCHEDULED
    assert client.queues()["default"].scheduled == 1
    eventually(lambda: engine.promote().moved == 1, 2)
    [again] = claim(engine).jobs
    assert (again.id, again.attempts, again.payload) == (job.id, 1, job.payload)
    assert handle.fetch().error == ERROR


def test_a_retry_that_charges_nothing_charges_nothing(client, seats):
    handle = client.enqueue("t")
    engine = seats(1)
    engine.retry(engine.lease(claim(engine).jobs[0]), ERROR, 60, charge=False)
    assert handle.fetch().attempts == 0


def test_the_loser_of_a_lease_can_change_nothing(client, seats):
    client.enqueue("t")
    late, owner = seats(1), seats(2)
    lease = late.lease(claim(late).jobs[0])
    late.release([lease])
    [job] = claim(owner).jobs
    assert not late.retry(lease, ERROR, 0)
    assert not late.bury(lease, ERROR)
    assert late.release([lease]) == 0
    assert late.complete([Done(lease)]) == 0
    assert late.extend([], [lease], 30) == 0
    assert owner.complete([Done(owner.lease(job))]) == 1


def test_a_buried_job_shows_its_error(client, seats):
    handle = client.enqueue("t")
    engine = seats(1)
    engine.bury(engine.lease(claim(engine).jobs[0]), ERROR)
    found = handle.fetch()
    assert (found.state, found.error) == (JobState.DEAD, ERROR)
    assert [j.id for j in client.jobs(state="dead").jobs] == [handle.id]


def test_unstarted_jobs_go_back_to_the_head_in_their_order_and_even_from_an_unread_reply(client, seats):
    ids = client.enqueue_many(("t", i) for i in range(6))
    slow, keeper = seats(1), seats(2)
    first = claim(slow, 2).jobs
    slow.post([], 2, ("default",), 30)
    eventually(lambda: client.queues()["default"].processing == 4, 2)
    assert keeper.give_back(1, [slow.lease(first[0])]) == 3
    assert [j.id for j in claim(seats(3)).jobs] == ids[1:]
    slow.collect()


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
    assert owner.extend([], [owner.lease(job)], 30) == 1
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
