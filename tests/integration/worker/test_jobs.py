import pytest

from engine import JobFailed, JobState
from tests.support import processes

pytestmark = pytest.mark.process


def test_what_is_enqueued_is_run_and_its_result_kept(start) -> None:
    pool = start()
    assert pool.run("add", {"left": 2, "right": 3}) == 5
    assert pool.run("add", [2]) == 3
    assert pool.run("doze", 0.01) == "doze"


def test_a_thousand_short_jobs_are_all_completed(start) -> None:
    pool = start(instances=2)
    ids = pool.client.enqueue_many([("add", {"left": n}) for n in range(1000)])
    jobs = pool.client.wait(ids, 20)
    assert [jobs[one].result for one in ids] == [n + 1 for n in range(1000)]


@pytest.mark.parametrize(
    ("type_", "data", "cause", "words"),
    [
        ("leave", None, "exception", "exit(4)"),
        ("doze", 5, "timeout", "time is up"),
        ("late", None, "timeout", "time is up"),
        ("add", {"left": "x"}, "undecodable", "Expected `int`"),
        ("secret", None, "unstorable result", "result"),
    ],
)
def test_a_job_that_cannot_succeed_is_dead_with_the_cause(start, type_, data, cause, words) -> None:
    pool = start()
    job = pool.client.enqueue(type_, data)
    with pytest.raises(JobFailed):
        job.result(timeout=10)
    found = pool.client.find(job.id)
    assert (found.state, found.error.cause) == (JobState.DEAD, cause)
    assert words in found.error.message
    assert pool.run("add", [1]) == 2  # the worker goes on


def test_a_task_may_clean_up_when_its_time_is_up(start) -> None:
    assert start().run("dawdle") == "cleaned up"


def test_a_failed_job_waits_for_its_retry_and_is_charged(start) -> None:
    pool = start(policies={"default": {"retries": 2, "backoff": {"base": "5m"}}})
    job = pool.client.enqueue("fail")
    found = pool.ended(job, JobState.SCHEDULED)
    assert (found.attempts, found.error.type, found.error.message) == (1, "ValueError", "no luck")
    assert "hm_tasks.py" in found.error.traceback


def test_a_type_nobody_knows_is_neither_failed_nor_lost(start) -> None:
    pool = start()
    job = pool.client.enqueue("unheard-of")
    processes.eventually(lambda: pool.client.queues()["default"].parked == 1, 10, pool.text)
    assert (job.state, job.fetch().attempts) == (JobState.PENDING, 0)
    assert "no task named 'unheard-of'" in pool.text()


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_worker_of_any_kind_fails_only_the_job_that_fails(start, concurrency) -> None:
    pool = start(concurrency=concurrency, policies={"default": {"retries": 0}})
    good = pool.client.enqueue_many([("add", [n]) for n in range(20)])
    bad = pool.client.enqueue("fail")
    late = pool.client.enqueue("late")
    assert len(pool.client.wait(good, 10)) == 20
    assert pool.ended(bad).state is JobState.DEAD
    assert pool.ended(late).error.cause == "timeout"


def test_several_jobs_run_at_once_in_one_process(start) -> None:
    pool = start(concurrency=8)
    ids = pool.client.enqueue_many([*[("nap", [1.0])] * 5, *[("doze", [0.2])] * 20])
    jobs = pool.client.wait(ids, 4)  # one after the other they would take nine seconds
    assert {job.state for job in jobs.values()} == {JobState.COMPLETED}
    assert len(jobs) == 25
