"""Jobs on a server in memory, worked off when the test says so."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from engine import AsyncClient, Client, JobFailed, NewJob
from engine.store import scripts
from tests.support import processes
from tests.support.architecture import ROOT
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from worker import Discard, Retry, current_job
from worker.tasks.registry import Registry, make_task
from worker.testing.clock import movable
from worker.testing.memory import Memory
from worker.testing.server import Server


@pytest.fixture(scope="module")
def server(no_process_outlives_the_suite):
    with Server() as server:
        processes.spare(server.pid)
        yield server
        processes.forget(server.pid)


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
def memory(server, registry):
    import redis

    with movable():
        memory = Memory(server.url, registry=registry)
        yield memory
        memory.close()
    with redis.Redis.from_url(server.url) as plain:
        assert broken(plain) == []
        assert [key for key in unexplained_keys(plain) if key != "herdsman:ahead"] == []


def test_nothing_runs_until_it_is_told_to(memory, task):
    ran = []
    task(ran.append)
    job = memory.client.enqueue("t", 7)
    assert (ran, job.state) == ([], "pending")
    assert memory.run_jobs() == 1
    assert ran == [7]


def test_results_and_errors_are_read_as_from_any_store(memory, task):
    def divide(a: int, b: int) -> float:
        return a / b

    task(divide, retries=0)
    good, bad = memory.client.enqueue("t", [6, 3]), memory.client.enqueue("t", [1, 0])
    memory.run_jobs()
    assert good.result(1) == 2.0
    with pytest.raises(JobFailed, match="division"):
        bad.result(1)
    assert [type(error) for error in memory.errors] == [ZeroDivisionError]
    assert [job.id for job in memory.client.dead_letters.list().jobs] == [bad.id]


def test_what_jobs_enqueue_is_worked_off_too(memory, task):
    def count(n):
        if n:
            memory.client.enqueue("t", n - 1, queue=f"q{n}")

    task(count)
    memory.client.enqueue("t", 4)
    assert memory.run_jobs() == 5


def test_jobs_that_never_end_enqueueing_are_stopped(memory, task):
    task(lambda: memory.client.enqueue("t").id)
    memory.client.enqueue("t")
    with pytest.raises(RuntimeError, match="for ever"):
        memory.run_jobs(limit=20)


def test_a_delayed_job_runs_when_time_has_passed(memory, task):
    ran = []
    task(ran.append)
    memory.client.enqueue("t", "tomorrow", delay="24h")
    assert memory.run_jobs() == 0
    memory.advance("23h")
    assert memory.run_jobs() == 0
    memory.advance("61m")
    assert memory.run_jobs() == 1


def test_a_retry_waits_for_its_backoff(memory, task):
    def flaky():
        if current_job().attempt < 3:
            raise Retry("10m", "not yet")
        return "at last"

    task(flaky)
    job = memory.client.enqueue("t")
    assert [memory.run_jobs(), memory.run_jobs()] == [1, 0]
    assert job.state == "scheduled"
    memory.advance("10m")
    memory.run_jobs()
    memory.advance("10m")
    memory.run_jobs()
    assert job.result(1) == "at last"
    assert job.fetch().attempts == 3


def test_what_had_to_start_before_is_cancelled(memory, task):
    task(lambda: None)
    job = memory.client.enqueue("t", start_before="5m", keep=600)
    memory.advance("6m")
    memory.run_jobs()
    assert (job.state, job.fetch().error.cause) == ("cancelled", "expired")


def test_discarded_and_paused_jobs_are_as_with_workers(memory, task):
    def drop():
        raise Discard("no need")

    task(drop)
    memory.client.enqueue("t", queue="a")
    memory.client.enqueue("t", queue="b")
    memory.client.pause("b")
    assert memory.run_jobs() == 1
    assert memory.run_jobs(["a"]) == 0
    memory.client.resume("b")
    assert memory.run_jobs(["b"]) == 1
    assert [job.state for job in memory.jobs] == ["cancelled", "cancelled"]


def test_a_type_nobody_knows_waits(memory):
    job = memory.client.enqueue("elsewhere")
    memory.run_jobs()
    assert job.state in ("scheduled", "pending")


def test_clients_that_the_code_makes_itself_see_the_same_store(memory, task):
    async def double(n: int) -> int:
        await asyncio.sleep(0)
        return 2 * n

    task(double)

    async def produce():
        async with AsyncClient(memory.url) as client:
            return (await client.enqueue_many([NewJob("t", 21)]))[0]

    job = asyncio.run(produce())
    memory.run_jobs()
    with Client(memory.url) as client:
        assert client.job(job).result(1) == 42


def test_each_test_begins_with_an_empty_store_and_the_true_time(server, registry):
    for _ in range(2):
        with movable():
            memory = Memory(server.url, registry=registry)
            assert memory.jobs == []
            memory.client.enqueue("t", delay="1h")
            memory.advance("2h")
            memory.close()
    assert "herdsman:ahead" not in scripts.script("enqueue").text


@pytest.mark.process
def test_the_server_dies_with_a_test_run_that_is_killed():
    code = (
        "import time; from worker.testing.server import Server; s = Server(); print(s.pid, flush=True); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(run.stdout.readline())
    assert processes.alive(pid)
    os.kill(run.pid, signal.SIGKILL)
    run.wait(10)
    run.stdout.close()
    processes.eventually(lambda: not processes.alive(pid), 10)
