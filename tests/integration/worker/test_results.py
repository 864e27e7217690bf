"""What becomes of results: how long, how large, and for whom."""

import pytest

from engine import JobState

pytestmark = pytest.mark.process


def test_a_cached_result_is_shared_by_all_who_ask(start):
    pool = start()
    first = pool.client.enqueue("dear", {"n": 1})
    assert first.result(timeout=10) == {"n": 1}
    again = [pool.client.enqueue("dear", {"n": 1}) for _ in range(3)]
    assert {job.id for job in again} == {first.id}
    assert pool.client.enqueue("dear", {"n": 2}).result(timeout=10) == {"n": 2}
    assert len(pool.runs("dear")) == 2


def test_a_cached_job_without_a_result_is_shared_too(start):
    pool = start(policies={"default": {"result_ttl": "0s"}})
    first = pool.client.enqueue("dear")
    assert first.result(timeout=10) is None
    assert pool.client.enqueue("dear").id == first.id
    assert len(pool.runs("dear")) == 1


@pytest.mark.parametrize(("type", "bytes"), [("boxed", 1025), ("parcel", 2049)])
@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_result_that_is_too_large_makes_a_dead_letter_and_no_second_run(start, type, bytes, concurrency):
    pool = start(policies={"default": {"max_result": "2K", "retries": 3}}, concurrency=concurrency)
    assert pool.run(type, {"size": 1000}) == "x" * 1000
    found = pool.ended(pool.client.enqueue(type, {"size": bytes}))
    assert (found.state, found.attempts, found.error.cause) == (JobState.DEAD, 1, "unstorable result")
    assert "the task ran, but the result has" in found.error.message
    assert f"the limit is {1024 if type == 'boxed' else 2048}" in found.error.message
    assert len(pool.runs(type)) == 2


def test_a_type_that_is_unique_is_so_for_every_producer(start):
    pool = start()
    running = pool.client.enqueue("lone", {"user": 1, "seconds": 5})
    pool.ended(running, JobState.PROCESSING)
    assert pool.client.enqueue("lone", {"user": 1, "seconds": 0}).id == running.id
    assert pool.client.enqueue("lone", {"user": 2, "seconds": 0}).id != running.id
    pool.client.cancel(running.id)
