import os
import signal
import time

import psutil
import pytest

from engine import JobState
from tests.support import processes
from tests.support.invariants import broken

pytestmark = pytest.mark.process


def test_a_killed_workers_job_runs_again_and_is_charged_once(start) -> None:
    pool = start(instances=2)
    job = pool.client.enqueue("die-once")
    found = pool.ended(job)
    assert (found.state, found.crashes) == (JobState.COMPLETED, 1)
    assert len(pool.runs("die")) == 2


def test_a_dead_workers_job_is_back_in_a_quarter_of_a_second(start) -> None:
    pool = start(instances=2)
    begun = time.monotonic()
    pool.run("die-once")
    assert time.monotonic() - begun < 0.25


def test_a_task_that_ignores_its_soft_timeout_is_killed_and_the_cause_told(start) -> None:
    pool = start(policies={"default": {"max_crashes": 1}})
    job = pool.client.enqueue("deaf")
    found = pool.ended(job)
    assert found.state is JobState.DEAD
    assert "hard timeout" in found.error.message + found.error.cause
    assert pool.run("add", [1]) == 2


def test_hard_timeouts_work_while_the_store_is_away(start, store) -> None:
    pool = start()
    pool.client.enqueue("deaf")
    worker = pool.pids("worker")[0]
    processes.eventually(lambda: pool.client.queues()["default"].processing, message=pool.text)
    store.kill()
    processes.gone([worker], 3)


def test_jobs_behind_a_long_one_go_to_another_worker(start) -> None:
    pool = start(instances=2)
    pool.client.wait(pool.client.enqueue_many([("noop", None)] * 500 + [("add", [0])]), 10)
    jobs = [("noop", None)] * 300 + [("nap", [3.0])] + [("add", [n]) for n in range(90)]
    ids = pool.client.enqueue_many(jobs)
    done = pool.client.wait(ids[301:], 2)
    assert len(done) == 90
    assert all(job.crashes == 0 for job in done.values())
    assert len(pool.runs("nap")) == 1


def test_a_drain_finishes_what_runs_and_gives_back_the_rest_unharmed(start, store) -> None:
    pool = start()
    first = pool.client.enqueue("nap", [0.7])
    rest = pool.client.enqueue_many([("nap", [0.5])] * 5)
    processes.eventually(lambda: pool.runs("nap"), message=pool.text)
    assert pool.stop() == 0
    assert pool.ended(first).state is JobState.COMPLETED
    left = [pool.client.find(one) for one in rest]
    assert {(job.state, job.attempts, job.crashes) for job in left} == {(JobState.PENDING, 0, 0)}
    assert broken(store.client) == []


def test_when_the_zygote_is_killed_its_workers_finish_and_go(start) -> None:
    pool = start()
    job = pool.client.enqueue("nap", [1.0])
    processes.eventually(lambda: pool.runs("nap"), message=pool.text)
    family = pool.pids("worker") + pool.pids("keeper")
    pool.process.kill()
    pool.process.wait(5)
    assert pool.ended(job).state is JobState.COMPLETED
    processes.gone(family, 5)


def test_a_killed_keeper_is_replaced_and_deaths_are_settled_as_before(start) -> None:
    pool = start(instances=2)
    keeper = pool.pids("keeper")[0]
    os.kill(keeper, signal.SIGKILL)
    processes.eventually(lambda: pool.pids("keeper") not in ([], [keeper]), message=pool.text)
    found = pool.ended(pool.client.enqueue("die-once"))
    assert (found.state, found.crashes) == (JobState.COMPLETED, 1)


def test_a_job_longer_than_its_lease_is_not_run_twice(start) -> None:
    pool = start(instances=2, policies={"default": {"lease": "1s"}})
    assert pool.run("nap", [3.0]) == 3.0
    assert len(pool.runs("nap")) == 1


def test_work_goes_on_when_the_store_comes_back(start, store) -> None:
    pool = start(instances=2)
    job = pool.client.enqueue("nap", [1.0])
    processes.eventually(lambda: pool.runs("nap"), message=pool.text)
    store.restart()
    assert pool.ended(job).state is JobState.COMPLETED
    assert pool.run("add", [1]) == 2
    assert len(pool.runs("nap")) == 1


def test_an_idle_pool_stops_while_the_store_is_away(start, store) -> None:
    pool = start()
    store.kill()
    begun = time.monotonic()
    assert pool.stop() == 0
    assert time.monotonic() - begun < 8


def test_a_quiet_worker_takes_nothing_until_it_is_told_to(start) -> None:
    pool = start()
    pool.process.send_signal(signal.SIGTSTP)
    processes.eventually(lambda: pool.client.workers()[0].state == "quiet", message=pool.text)
    job = pool.client.enqueue("add", [1])
    assert not [one for one in pool.client.wait([job.id], 0.3).values() if one.finished_at]
    assert pool.client.find(job.id).state is JobState.PENDING
    pool.process.send_signal(signal.SIGCONT)
    assert job.result(timeout=5) == 2


def test_a_worker_is_replaced_after_so_many_jobs_and_none_is_lost(start) -> None:
    pool = start(max_jobs=50)
    first = pool.run("whoami")
    ids = pool.client.enqueue_many([("add", [n]) for n in range(300)])
    assert len(pool.client.wait(ids, 10)) == 300
    assert pool.run("whoami") != first


def test_a_worker_far_over_its_memory_limit_is_killed_in_the_middle_of_its_job(start) -> None:
    pool = start(max_memory_restart="64M", policies={"default": {"max_crashes": 1}})
    found = pool.ended(pool.client.enqueue("hog", [150, 60]))
    assert found.state is JobState.DEAD
    assert "memory limit" in found.error.message + found.error.cause


def test_a_worker_over_its_memory_limit_is_replaced_at_a_job_boundary(start) -> None:
    pool = start(max_memory_restart="64M")
    first = pool.run("whoami")
    pool.client.enqueue("hoard", [40])
    processes.eventually(lambda: pool.run("whoami") != first, message=pool.text)
    assert "worker leaves: recycle memory" in pool.text()


@pytest.mark.parametrize("concurrency", [1, 2])
@pytest.mark.parametrize("raises", [False, True])
def test_a_child_that_a_task_forked_and_let_go_does_not_become_a_worker(start, concurrency, raises) -> None:
    pool = start(concurrency=concurrency)
    assert pool.run("stray", [raises]) is None
    worker = pool.pids("worker")[0]
    processes.eventually(lambda: not [c for c in psutil.Process(worker).children() if c.status() != "zombie"])
    assert pool.run("whoami") == worker
