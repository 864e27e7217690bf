"""Jobs that run while they are enqueued, and what follows from what they raise."""

import asyncio
from datetime import timedelta

import pytest

from engine import AsyncClient, Client, JobFailed, JobNotFound, NewJob, PayloadError
from worker import Discard, Retry, Snooze, current_job
from worker.tasks.registry import Registry, make_task
from worker.testing.inline import Inline
from worker.testing.patches import install


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def task(registry):
    """Declares a task: `task(function, name, **words)`."""

    def declare(function, name="t", **words):
        registry.add(make_task(name, function, **words))

    return declare


@pytest.fixture
def inline(registry, monkeypatch):
    inline = Inline(registry=registry)
    install(inline, monkeypatch)
    return inline


@pytest.fixture
def client(inline):
    return Client("redis://nobody.invalid:1/")


def test_a_job_has_run_when_enqueue_returns(client, inline, task):
    task(lambda to, subject="none": f"{to}: {subject}", "mail", queue="mails")
    job = client.enqueue("mail", {"to": "you"}, delay="10s")
    assert job.result() == "you: none"
    [record] = inline.jobs
    assert (record.state, record.queue, record.data, record.attempts) == ("completed", "mails", {"to": "you"}, 1)


def test_a_payload_that_does_not_fit_is_a_dead_letter_as_with_a_worker(client, inline, task):
    def mail(to: str) -> None:
        raise AssertionError

    task(mail)
    job = client.enqueue("t", {"too": "you"})
    assert job.state == "dead"
    assert inline.jobs[0].error.cause == "undecodable"
    with pytest.raises(JobFailed, match="too"):
        job.result()


def test_a_failed_attempt_is_retried_at_once_and_as_often_as_allowed(client, inline, task):
    seen = []

    def flaky():
        seen.append(current_job().attempt)
        raise ConnectionError(f"attempt {len(seen)}")

    task(flaky, retries=2, backoff="1h")
    job = client.enqueue("t")
    assert seen == [1, 2, 3]
    assert (job.state, job.fetch().attempts) == ("dead", 3)
    assert [str(error) for error in inline.errors] == ["attempt 1", "attempt 2", "attempt 3"]
    assert client.enqueue("t", retries=0).fetch().attempts == 1


def test_retry_for_counts_the_waits_that_were_not_waited(client, task):
    def fail():
        raise Retry(40, "later")

    task(fail, retries=10, retry_for="100s")
    assert client.enqueue("t").fetch().attempts == 3


def test_what_a_task_wishes_is_granted(client, inline, task):
    def wish(what):
        raise {"discard": Discard("no need"), "snooze": Snooze(after="1h")}[what]

    task(wish)
    assert client.enqueue("t", ["discard"]).state == "cancelled"
    snoozed = client.enqueue("t", ["snooze"]).fetch()
    assert (snoozed.state, snoozed.attempts) == ("scheduled", 0)
    assert inline.jobs[0].error.message == "no need"


def test_a_coroutine_runs_too_even_inside_an_event_loop(inline, task):
    async def add(a: int, b: int) -> int:
        await asyncio.sleep(0)
        return a + b

    task(add)

    async def main():
        client = AsyncClient("redis://nobody.invalid:1/")
        job = await client.enqueue("t", [1, 2])
        ids = await client.enqueue_many([("t", [3, 4])])
        found = await client.wait(ids, 1)
        return await job.result(), await job.state(), found[ids[0]].result

    assert asyncio.run(main()) == (3, "completed", 7)


def test_a_task_that_enqueues_is_itself_again_afterwards(client, inline, task):
    def outer():
        mine = current_job().id
        client.enqueue("inner")
        return mine == current_job().id

    task(outer, "outer")
    task(lambda: current_job().type, "inner")
    assert client.enqueue("outer").result() is True
    assert [job.type for job in inline.jobs] == ["outer", "inner"]
    with pytest.raises(RuntimeError, match="no job runs"):
        current_job()


def test_bad_input_is_refused_as_by_the_real_client(client, inline):
    with pytest.raises(PayloadError):
        client.enqueue("t", object())
    with pytest.raises(ValueError, match="queue"):
        client.enqueue("t", queue="a b")
    with pytest.raises(TypeError, match="prio"):
        client.enqueue("t", prio=1)
    assert inline.jobs == []


def test_a_type_that_is_not_known_here_is_recorded_and_stays_pending(client, inline):
    job = client.enqueue("elsewhere", [1], queue="far")
    assert (job.state, inline.jobs[0].queue) == ("pending", "far")


def test_many_are_run_in_order(client, inline, task):
    ran = []
    task(ran.append)
    ids = client.enqueue_many([("t", 1), NewJob("t", 2)], queue="q", durable=True)
    assert ran == [1, 2]
    assert [job.id for job in inline.jobs] == ids
    assert set(client.find_many([*ids, "1-1-1"])) == set(ids)


def test_what_needs_a_store_says_so(client):
    with pytest.raises(RuntimeError, match="herdsman_memory"):
        client.queues()
    with pytest.raises(RuntimeError, match="herdsman_memory"):
        client.dead_letters.list()
    with pytest.raises(JobNotFound):
        client.job("1-1-1").fetch()


def test_the_tests_own_end_is_no_failure_of_the_job(client, inline, task):
    task(lambda: pytest.fail("enough"), "fails")
    with pytest.raises(pytest.fail.Exception, match="enough"):
        client.enqueue("fails")
    task(lambda: exit(3), "leaves", retries=0)  # noqa: PLR1722 - what a task may do
    assert client.enqueue("leaves").state == "dead"


def test_a_queues_own_policy_counts_when_there_is_a_config(tmp_path, registry, task, monkeypatch):
    path = tmp_path / "config.yaml"
    path.write_text("redis: {url: redis://nobody.invalid/}\nqueues: {default: {retries: 1}}\n")
    inline = Inline(path, registry)
    task(lambda: 1 / 0)
    inline.enqueue(NewJob("t", timeout=timedelta(seconds=5)))
    assert inline.jobs[0].attempts == 2
