"""A job's story, as the scripts write it: every step, who and why, under a cap, and only where there is a record."""

import pytest

from engine import JobError
from engine.jobs.job import WorkerInfo
from engine.store.claims import Done
from tests.support.processes import eventually
from tests.support.seats import ERROR, claim

BASE = "herdsman:{default}"


def told(handle):
    return [(event.what, event.who, event.why) for event in handle.fetch().history]


def test_a_plain_job_has_a_history_without_a_record(client, seats, store):
    handle = client.enqueue("t")
    assert told(handle) == [("enqueued", None, None)]
    assert handle.fetch().history[0].at == handle.fetch().enqueued_at
    engine = seats(1)
    [job] = claim(engine).jobs
    assert told(handle) == [("enqueued", None, None), ("claimed", "1", None)]
    assert store.client.exists(f"{BASE}:job:{handle.id}") == 0
    engine.complete([Done(engine.lease(job), b"\x05", 60, job.ms)])
    assert told(handle) == [("enqueued", None, None), ("claimed", "1", None), ("completed", "1", None)]
    assert store.client.hexists(f"{BASE}:job:{handle.id}", "y") is False
    other = client.enqueue("t")
    [job] = claim(engine).jobs
    engine.complete([Done(engine.lease(job))])
    assert [event.what for event in other.fetch().history] == ["enqueued", "completed"]


def test_every_step_of_a_troubled_life_is_told(client, seats):
    handle = client.enqueue("t", delay=0.001)
    one, two = seats(1), seats(2)
    eventually(lambda: two.promote().moved, 5, "it is due")
    [job] = claim(one).jobs
    one.release([one.lease(job)])
    [job] = claim(one).jobs
    two.settle(1, "oom", [one.lease(job)], charged=True, max_crashes=5)
    [job] = claim(two).jobs
    two.retry(two.lease(job), JobError(type="ValueError", message="no\nluck"), 0.0)
    two.promote()
    [job] = claim(two).jobs
    two.retry(two.lease(job), None, 0.0, charge=False)
    two.promote()
    [job] = claim(two).jobs
    two.bury(two.lease(job), ERROR)
    client.dead_letters.retry(handle.id)
    assert client.cancel(handle.id)
    assert told(handle)[:-1] == [
        ("enqueued", None, None),
        ("promoted", None, None),
        ("claimed", "1", None),
        ("released", "1", "before it started"),
        ("claimed", "1", None),
        ("crashed", "1", "oom"),
        ("claimed", "2", None),
        ("retried", "2", "ValueError: no luck"),
        ("promoted", None, None),
        ("claimed", "2", None),
        ("postponed", "2", None),
        ("promoted", None, None),
        ("claimed", "2", None),
        ("buried", "2", "ValueError: no"),
        ("requeued", None, None),
    ]
    what, who, _ = told(handle)[-1]
    assert what == "cancelled"
    assert ":" in who
    times = [event.at for event in handle.fetch().history]
    assert times == sorted(times)


@pytest.mark.parametrize("cause", ["signal 9", "signal 11", "exit 3", "oom", "hard timeout"])
def test_each_crash_is_told_with_its_cause_and_the_last_one_buries(client, seats, cause):
    handle = client.enqueue("t")
    for life in (1, 2):
        [job] = claim(seats(life)).jobs
        seats(9).settle(life, cause, [f"{job.id}/{job.token}/{life:x}"], charged=True, max_crashes=2)
    assert told(handle) == [
        ("enqueued", None, None),
        ("crashed", "1", cause),
        ("claimed", "2", None),
        ("crashed", "2", cause),
        ("buried", None, "its process died 2 time(s)"),
    ]
    assert handle.fetch().error.cause == cause


def test_a_lost_host_is_told(client, seats):
    handle, other = client.enqueue("t"), client.enqueue("t")
    engine, janitor = seats(1), seats(2)
    jobs = claim(engine, lease=0.001).jobs
    info = WorkerInfo(incarnation="1", host="h", pid=1, pool="p", slot=0, job=handle.id)
    engine.extend([info], [], 0.001)
    eventually(lambda: janitor.rescue(grace=0.001, max_crashes=3), 5, "it lapses")
    assert ("crashed", "1", "lost host") in told(handle)
    assert jobs[1].id == other.id
    assert told(other) == [("enqueued", None, None)]  # it had no record, and nothing went wrong with it


def test_what_we_end_ourselves_is_a_release_with_its_cause(client, seats):
    handle = client.enqueue("t")
    [job] = claim(seats(1)).jobs
    seats(9).settle(1, "drain deadline", [f"{job.id}/{job.token}/1"], charged=False, max_crashes=3)
    assert told(handle)[-1] == ("released", "1", "drain deadline")


def test_a_cancel_of_a_running_job_is_told_with_who_asked(client, seats):
    handle = client.enqueue("t", delay=0.001)
    engine = seats(1)
    eventually(lambda: engine.promote().moved, 5, "it is due")
    [job] = claim(engine).jobs
    client.cancel(handle.id)
    client.cancel(handle.id)
    engine.discard(engine.lease(job), JobError(type="Cancelled", message="", cause="cancelled"), 60, charge=False)
    asked, end = handle.fetch().history[-2:]
    assert (asked.what, asked.why) == ("asked", "to stop")
    assert (end.what, end.who, end.why) == ("cancelled", "1", "Cancelled")


def test_a_purged_job_says_so(client):
    handle = client.enqueue("t")
    client.purge("default")
    assert told(handle)[-1] == ("cancelled", None, "its queue was purged")


def test_a_repeated_claim_is_told_once(client, seats):
    handle = client.enqueue("t", delay=0.001)
    engine = seats(1)
    eventually(lambda: engine.promote().moved, 5, "it is due")
    engine.post([], 1, ("default",), 30)
    _, command, _ = engine._posted
    engine.collect()
    engine._posted, engine._sent = (1, command, ("default",)), False
    engine.collect()
    assert [event.what for event in handle.fetch().history] == ["enqueued", "promoted", "claimed"]


def test_a_long_story_keeps_its_beginning_and_its_end_under_a_cap(client, seats, store):
    handle = client.enqueue("t")
    engine = seats(1)
    for n in range(100):
        [job] = claim(engine).jobs
        engine.retry(engine.lease(job), JobError(type="E", message=f"number {n} " + "ä" * 300), 0)
        engine.promote()
        assert store.client.hstrlen(f"{BASE}:job:{handle.id}", "y") <= 2048
    events = handle.fetch().history
    assert [event.what for event in events[:5]] == ["enqueued", "retried", "promoted", "claimed", "omitted"]
    assert events[1].why.startswith("E: number 0 ")
    assert len(events) - 2 + int(events[4].why) == 299
    assert events[-2].why.startswith("E: number 99 ")
    assert [event.what for event in events].count("omitted") == 1


def test_tokens_grow_over_attempts_crashes_and_the_stores_restarts(client, seats, store):
    handle = client.enqueue("t")
    tokens = []

    def token(life):
        engine = seats(life)
        [job] = claim(engine).jobs
        tokens.append(job.token)
        return engine, engine.lease(job)

    engine, lease = token(1)
    engine.retry(lease, ERROR, 0)
    engine.promote()
    _, lease = token(2)
    seats(9).settle(2, "signal 9", [lease], charged=True, max_crashes=9)
    engine, lease = token(3)
    store.stop()
    store.start()
    engine.release([lease])
    token(4)
    assert tokens == sorted(set(tokens))
    assert tokens[3] - tokens[2] > 2**35
    assert handle.state == "processing"
