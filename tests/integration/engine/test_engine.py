"""The verbs on the real server: what each moves, and what it refuses to move."""

from engine import JobState
from engine.store.claims import Done
from tests.support.processes import eventually
from tests.support.seats import ERROR, claim


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
    assert settled == (5, 1, 0, [("default", "t", "crashed")])
    assert [(j.id, j.crashes) for j in claim(seats(3)).jobs] == [(i, int(i == ids[0])) for i in ids]


def test_settling_twice_charges_once(client, seats):
    handle = client.enqueue("t")
    dead, keeper = seats(1), seats(2)
    lease = dead.lease(claim(dead).jobs[0])
    keeper.settle(1, "signal 9", [lease], charged=True, max_crashes=3)
    assert keeper.settle(1, "signal 9", [lease], charged=True, max_crashes=3) == (0, 0, 0, [])
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
    assert late.extend([], [lease], 30).leases == 0
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
    assert keeper.give_back(1, 2, [slow.lease(first[0])]) == 3
    assert [j.id for j in claim(seats(3)).jobs] == ids[1:]
    slow.collect()


def test_a_give_back_does_not_touch_what_a_later_claim_granted(client, seats):
    client.enqueue_many(("t", i) for i in range(4))
    worker, keeper = seats(1), seats(2)
    claim(worker, 2)
    claim(worker, 2)
    assert keeper.give_back(1, 1, []) == 2
    assert client.queues()["default"].processing == 2
