"""Jobs of a type that a worker does not know, that nobody knows, or that is paused."""

from engine import JobState, NewJob
from engine.jobs.job import WorkerInfo
from engine.store.claims import Done
from tests.support.seats import claim


def register(engine, *types):
    info = WorkerInfo(incarnation=f"{engine.incarnation:x}", host="h", pid=1, pool="p", slot=0)
    engine.register(info, dict.fromkeys(types, "default"))


def park(engine, jobs):
    return [engine.park(engine.lease(job), job.type) for job in jobs]


def test_a_job_that_no_live_worker_knows_is_parked_and_shown(client, seats):
    engine = seats(1)
    register(engine, "known")
    strange = client.enqueue("strange").id
    assert park(engine, claim(engine).jobs) == ["parked"]
    assert claim(engine).jobs == []
    assert client.find(strange).state == JobState.PENDING
    assert client.queues()["default"].parked == 1
    known = client.enqueue("known").id
    assert [job.id for job in claim(engine).jobs] == [known]


def test_a_parked_job_is_released_when_a_worker_that_knows_it_comes(client, seats):
    engine = seats(1)
    register(engine, "known")
    ids = client.enqueue_many([("strange", n) for n in range(5)])
    park(engine, claim(engine).jobs)
    late = seats(2)
    register(late, "strange")
    jobs = claim(late).jobs
    assert [job.id for job in jobs] == ids
    assert {(job.attempts, job.crashes) for job in jobs} == {(0, 0)}
    assert client.queues()["default"].parked == 0
    late.complete([Done(late.lease(job)) for job in jobs])


def test_a_job_passed_on_reaches_the_worker_that_knows_it(client, seats):
    old, new = seats(1), seats(2)
    register(old, "known")
    register(new, "known", "fresh")
    fresh = client.enqueue("fresh").id
    assert park(old, claim(old).jobs) == ["passed on"]
    old.post([], 10, ["default"], 30.0, skip=["fresh"])
    assert old.collect().jobs == []
    assert [job.id for job in claim(new).jobs] == [fresh]


def test_jobs_that_stand_behind_a_type_to_be_passed_over_are_not_held_up(client, seats):
    old = seats(1)
    register(old, "known")
    register(seats(2), "fresh")
    client.enqueue_many([("fresh", None)] * 3)
    park(old, claim(old).jobs)
    known = client.enqueue_many([("known", None)] * 3)
    old.post([], 10, ["default"], 30.0, skip=["fresh"])
    assert [job.id for job in old.collect().jobs] == known


def test_a_parked_job_keeps_its_tenant_and_priority(client, seats):
    engine = seats(1)
    register(engine, "known")
    job = client.enqueue("strange", tenant="a", priority="high")
    park(engine, claim(engine).jobs)
    found = job.fetch()
    assert (found.tenant, found.priority) == ("a", "high")
    late = seats(2)
    register(late, "strange")
    assert [claimed.id for claimed in claim(late).jobs] == [job.id]


def test_a_parked_job_can_be_cancelled(client, seats):
    engine = seats(1)
    register(engine, "known")
    job = client.enqueue("strange").id
    park(engine, claim(engine).jobs)
    assert client.cancel(job)
    assert client.find(job).state == JobState.CANCELLED
    assert client.queues()["default"].parked == 0


def test_a_park_with_a_lost_lease_changes_nothing(client, seats):
    engine = seats(1)
    register(engine, "known")
    client.enqueue("strange")
    [job] = claim(engine).jobs
    engine.complete([Done(engine.lease(job))])
    assert park(engine, [job]) == [""]


def test_of_a_paused_type_no_job_starts_and_none_waits_behind_one(client, seats):
    engine = seats(1)
    register(engine, "a", "b")
    client.enqueue_many([("a", 1), ("b", 1), ("a", 2), ("b", 2)])
    assert client.pause_type("a")
    client.enqueue("a", 3)
    assert [job.type for _ in range(3) for job in claim(engine).jobs] == ["b", "b"]
    assert client.queues()["default"].parked == 3
    assert not client.pause_type("a")
    assert client.resume_type("a")
    assert [job.type for _ in range(3) for job in claim(engine).jobs] == ["a"] * 3
    assert client.queues()["default"].lanes == 0


def test_a_job_of_a_paused_type_that_was_delayed_waits_on_when_its_time_has_come(client, seats):
    engine = seats(1)
    register(engine, "a")
    client.pause_type("a")
    job = client.enqueue_many([NewJob("a", run_at=1.0)])[0]
    engine.promote()
    assert claim(engine).jobs == []
    client.resume_type("a")
    assert [claimed.id for claimed in claim(engine).jobs] == [job]


def test_a_lane_that_is_put_aside_does_not_end_the_turns_of_the_others(client, seats):
    client.pause_type("stopped")
    client.enqueue("stopped", priority="low")
    ready = client.enqueue("ready", priority="low").id
    assert [job.id for job in claim(seats(1), 2).jobs] == [ready]


def test_a_ring_that_grows_while_it_is_walked_is_whole_and_gone_in_the_end(client, seats):
    engine = seats(1)
    tenants, late = client.enqueue("t", tenant="acme").id, client.enqueue("u").id
    client.pause_type("u")
    first = claim(engine, 2).jobs
    assert [job.id for job in first] == [tenants]
    assert claim(engine, 2).jobs == []
    client.resume_type("u")
    second = claim(engine, 2).jobs
    assert [job.id for job in second] == [late]
    engine.complete([Done(engine.lease(job)) for job in first + second])  # no key may be left then


def test_a_unique_job_that_is_parked_holds_its_key_again(client, seats):
    engine = seats(1)
    register(engine, "known")
    first = client.enqueue("strange", unique=True)
    park(engine, claim(engine).jobs)
    assert client.enqueue("strange", unique=True).id == first.id


def test_what_is_before_a_job_in_the_lane_it_was_parked_in_is_counted(client, seats):
    engine = seats(1)
    register(engine, "known")
    ids = client.enqueue_many([("strange", n) for n in range(2)])
    park(engine, claim(engine).jobs)
    assert "behind" in {reason.code for reason in client.job(ids[1]).why().reasons}
