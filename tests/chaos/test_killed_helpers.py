"""``kill -9`` of the processes that run no jobs: the zygote, the keeper, the janitor, the gateway, the logger."""

import json
import os

import pytest

from engine import JobState, NewJob
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.servers import Store

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]


@pytest.fixture
def herd(make_herd: MakeHerd, store: Store) -> Herd:
    """A herd of two workers, with a gateway."""
    return make_herd(url=store.url, with_gateway=True)


def _another(herd: Herd, role: str, old: int) -> int:
    """The successor of a killed process."""
    return eventually(lambda: [pid for pid in herd.pids(role) if pid != old], 15, f"another {role}")[0]


@pytest.mark.parametrize("role", ["zygote", "keeper", "janitor", "gateway", "logger"])
def test_jobs_and_workers_do_not_notice_the_death_of(role: str, herd: Herd) -> None:
    workers = sorted(herd.worker_pids())
    ids = herd.client.enqueue_many([NewJob("nap", {"seconds": 0.02}, keep=600) for _ in range(200)])
    eventually(lambda: len(herd.starts.counts()) > 20, 20, "some jobs have started")
    old = herd.pid_of(role)
    herd.kill(old)
    assert _another(herd, role, old) != old
    ended = herd.client.wait(ids, 30)
    assert len(ended) == len(ids)
    assert {(job.state, job.crashes, job.attempts) for job in ended.values()} == {(JobState.COMPLETED, 0, 1)}
    assert herd.starts.repeated() == set()
    assert sorted(herd.worker_pids()) == workers
    herd.ready()


def test_a_worker_that_dies_after_its_zygote_is_replaced_and_its_job_runs_again(herd: Herd) -> None:
    zygote = herd.pid_of("zygote")
    job = herd.client.enqueue("hang-once", keep=600)
    worker = eventually(lambda: herd.starts.of(job.id), 10, "the job starts")[0].pid
    herd.kill(zygote)
    herd.kill(worker)
    assert job.result(timeout=15) == "behaved"
    assert job.fetch().crashes == 1
    herd.ready()
    assert worker not in herd.worker_pids()


def test_jobs_that_fall_due_while_the_janitor_is_dead_are_promoted_by_the_next(herd: Herd) -> None:
    old = herd.pid_of("janitor")
    job = herd.client.enqueue("nap", {"seconds": 0}, delay=0.5, keep=600)
    herd.kill(old)
    assert job.result(timeout=15) == 0
    assert _another(herd, "janitor", old)


def test_a_killed_gateway_answers_again(herd: Herd) -> None:
    old = herd.pid_of("gateway")
    herd.kill(old)
    _another(herd, "gateway", old)
    herd.ready()
    assert len(json.loads(herd.get(herd.gateway_port, "/workers"))) > 0


def test_the_janitor_is_in_a_session_of_its_own(herd: Herd) -> None:
    janitor = herd.pid_of("janitor")
    assert os.getsid(janitor) == janitor
