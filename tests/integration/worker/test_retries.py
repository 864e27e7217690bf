"""What tasks raise and what @task says of it, with real workers of both kinds."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from engine import JobFailed, JobState
from engine.store import calls

pytestmark = pytest.mark.process
ENDED = (JobState.COMPLETED, JobState.DEAD, JobState.CANCELLED)
kinds = pytest.mark.parametrize("concurrency", [1, 4])


@pytest.fixture
def begin(start):
    return lambda **keys: start(tasks=["hm_tasks", "hm_wishes"], **keys)


@kinds
def test_a_task_may_ask_for_another_attempt_and_say_when(begin, sweeper, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    assert pool.run("once-more") == 2
    waiting = pool.client.enqueue("once-more", {"after": 600})
    found = pool.ended(waiting, JobState.SCHEDULED)
    assert (found.attempts, found.error.type, found.error.message) == (1, "Retry", "not yet")
    assert "KeyError: 'first'" in found.error.traceback
    assert 590 < found.due_at - time.time() < 610


def test_asking_for_ever_ends_when_no_attempt_is_left(begin, sweeper) -> None:
    pool = begin()
    job = pool.client.enqueue("for-ever")
    found = pool.ended(job, *ENDED)
    assert (found.state, found.attempts, len(pool.runs("for-ever"))) == (JobState.DEAD, 3, 3)


@kinds
def test_a_discarded_job_is_cancelled_with_its_reason_and_is_no_dead_letter(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    job = pool.client.enqueue("discarded")
    with pytest.raises(JobFailed, match="sent already"):
        job.result(timeout=10)
    found = job.fetch()
    assert (found.state, found.error.type, found.error.cause) == (JobState.CANCELLED, "Discard", "discarded")
    assert pool.client.queues()["default"].dead == 0


def test_a_snooze_charges_nothing(begin, sweeper) -> None:
    pool = begin()
    assert pool.run("snoozed", ["10ms", 3]) == 1  # the first attempt still, though retries are 0
    assert len(pool.runs("snoozed")) == 4
    found = pool.ended(pool.client.enqueue("snoozed", ["10m", 9]), JobState.SCHEDULED)
    assert (found.attempts, found.error.message) == (0, "the bank is closed")


@pytest.mark.parametrize(("kind", "runs"), [("key", 4), ("file", 1), ("value", 1)])
def test_exceptions_are_tried_again_or_not_as_the_task_says(begin, sweeper, kind, runs) -> None:
    pool = begin()
    assert pool.ended(pool.client.enqueue("picky", [kind]), *ENDED).state is JobState.DEAD
    assert len(pool.runs(kind)) == runs


def test_no_retry_begins_after_retry_for(begin, sweeper) -> None:
    pool = begin()
    job = pool.client.enqueue("in-time")
    found = pool.ended(job, *ENDED)
    assert found.state is JobState.DEAD
    assert 2 <= found.attempts <= 6
    assert found.finished_at - found.enqueued_at < 5  # its retries alone would take longer


@kinds
def test_a_retry_that_waited_too_long_in_its_queue_is_not_begun(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    pool.client.run(calls.rescue(1, 10, 3, {}))  # a sweep just now: no worker stands in for the janitor
    job = pool.client.enqueue("too-late")
    pool.ended(job, JobState.SCHEDULED)
    time.sleep(1.1)  # what is tested is that time passes
    pool.client.run(calls.promote(10))
    found = pool.ended(job, *ENDED)
    assert (found.state, found.error.message, found.attempts) == (JobState.DEAD, "the first error", 1)
    assert len(pool.runs("too-late")) == 1


@kinds
@pytest.mark.parametrize("before", ["200ms", "datetime"])
def test_a_job_that_did_not_start_in_time_is_not_run(begin, concurrency, before) -> None:
    pool = begin(concurrency=concurrency)
    pool.client.pause("default")
    limit = datetime.now(tz=UTC) + timedelta(seconds=0.2) if before == "datetime" else before
    late = pool.client.enqueue("nap", [0], start_before=limit)
    good = pool.client.enqueue("nap", [0], start_before="1h")
    shown = late.fetch().start_before
    assert abs(shown - late.fetch().enqueued_at - 0.2) < 0.1
    time.sleep(0.3)  # what is tested is that time passes
    pool.client.resume("default")
    assert good.result(timeout=10) == 0
    found = pool.ended(late, *ENDED)
    assert (found.state, found.error.cause, found.attempts) == (JobState.CANCELLED, "expired", 0)
    assert len(pool.runs("nap")) == 1
