"""Jobs that are cancelled while they run, in workers of every kind."""

import pytest

from engine import JobFailed, JobState
from tests.support.processes import eventually

pytestmark = pytest.mark.process
ENDED = (JobState.COMPLETED, JobState.DEAD, JobState.CANCELLED)
kinds = pytest.mark.parametrize("concurrency", [1, 4])


@pytest.fixture
def begin(start):
    return lambda **keys: start(tasks=["hm_tasks", "hm_cancels"], **keys)


def running(pool, type_, data=None):
    before = len(pool.runs("begun"))
    job = pool.client.enqueue(type_, data)
    eventually(lambda: len(pool.runs("begun")) > before, 10, pool.text)
    return job


def cancels(store):
    return store.client.zcard("herdsman:{default}:cancels")


@kinds
@pytest.mark.parametrize("type_", ["work", "await"])
def test_a_running_task_hears_of_its_cancel_and_ends_cancelled(begin, store, concurrency, type_) -> None:
    pool = begin(concurrency=concurrency)
    [pid] = pool.pids("worker")
    job = running(pool, type_, [30])
    assert pool.client.cancel(job.id) is False
    with pytest.raises(JobFailed, match="Cancelled"):
        job.result(timeout=4)
    found = job.fetch()
    assert (found.state, found.error.cause, found.attempts) == (JobState.CANCELLED, "cancelled", 0)
    assert len(pool.runs("cancelled=True")) == 1
    assert not pool.runs("swallowed")
    assert pool.run("add", [1]) == 2
    assert pool.pids("worker") == [pid]
    assert cancels(store) == 0


def test_of_many_in_one_process_only_the_cancelled_ends(begin) -> None:
    pool = begin(concurrency=6)
    kept = [running(pool, type_, [3]) for type_ in ("work", "await")]
    gone = [running(pool, type_, [30]) for type_ in ("work", "await", "work", "await")]
    for job in gone:
        pool.client.cancel(job.id)
    assert [pool.ended(job, *ENDED).state for job in gone] == [JobState.CANCELLED] * 4
    assert [job.result(timeout=10) for job in kept] == [3, 3]


def test_a_task_that_finishes_all_the_same_has_completed(begin, store) -> None:
    pool = begin()
    job = running(pool, "finish")
    pool.client.cancel(job.id)
    assert job.result(timeout=4) == "done all the same"
    assert cancels(store) == 0


def test_a_task_that_stumbles_over_its_cancel_is_not_run_again(begin, store) -> None:
    pool = begin()
    job = running(pool, "stumble")
    pool.client.cancel(job.id)
    found = pool.ended(job, *ENDED)
    assert (found.state, found.error.message) == (JobState.CANCELLED, "while cleaning up")
    assert cancels(store) == 0


@kinds
def test_who_does_not_stop_is_killed_after_the_grace_and_nobody_is_charged(begin, store, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    [pid] = pool.pids("worker")
    job = running(pool, "unmoved")
    beside = running(pool, "work", [7]) if concurrency > 1 else None
    pool.client.cancel(job.id)
    found = pool.ended(job, *ENDED, timeout=15)
    assert (found.state, found.crashes, found.attempts) == (JobState.CANCELLED, 0, 0)
    assert len(pool.runs("unmoved")) == 1
    eventually(lambda: pool.pids("worker") not in ([], [pid]), 10, pool.text)
    if beside:
        assert beside.result(timeout=20) == 7
        assert beside.fetch().crashes == 0
    assert cancels(store) == 0
