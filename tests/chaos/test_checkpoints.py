"""Jobs that are killed, or outlast a drain, in the middle: the next run goes on where the last one saved."""

import os
import signal

import pytest

from engine import JobState
from engine.asking.job_handle import JobHandle
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.servers import Store

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

STEPS = 40


def _further(herd: Herd, job: JobHandle, than: float) -> None:
    """Wait until it has come further than that: the run that does so has saved it, too."""

    def reached() -> bool:
        progress = job.fetch().progress
        return progress is not None and progress.fraction > than

    eventually(reached, 20, herd.tail)


@pytest.mark.parametrize("how", ["kill", "segfault"])
def test_a_job_that_is_killed_again_and_again_goes_on_from_its_checkpoint(
    how: str, make_herd: MakeHerd, store: Store
) -> None:
    herd = make_herd(url=store.url, pool={"instances": 1}, queues={"default": {"max_crashes": 10}})
    job = herd.client.enqueue("stepwise", {"steps": STEPS}, keep=600)
    for kills in range(3):
        pid = eventually(lambda kills=kills: herd.starts.of(job.id)[kills:], 10, herd.tail)[0].pid
        before = job.fetch().progress
        _further(herd, job, before.fraction if before else 0.0)
        os.kill(pid, {"kill": signal.SIGKILL, "segfault": signal.SIGSEGV}[how])
    _every_run_began_further_on(job.result(timeout=30), 3)
    found = job.fetch()
    assert (found.state, found.crashes, found.attempts) == (JobState.COMPLETED, 3, 1)
    cause = {"kill": "signal 9", "segfault": "signal 11"}[how]
    assert [event.why for event in found.history if event.what == "crashed"] == [cause] * 3
    assert store.client.hexists(f"herdsman:{{default}}:job:{job.id}", "cp") is False


def test_a_job_that_outlasts_a_drain_goes_on_from_its_checkpoint_and_is_charged_nothing(
    make_herd: MakeHerd, store: Store
) -> None:
    herd = make_herd(url=store.url, pool={"instances": 1, "drain_timeout": 0.5})
    job = herd.client.enqueue("stepwise", {"steps": STEPS}, keep=600)
    _further(herd, job, 0.0)
    herd.stop()
    left = job.fetch()
    assert (left.state, left.attempts, left.crashes, left.releases) == (JobState.PENDING, 0, 0, 1)
    assert left.history[-1].what == "released"
    assert left.history[-1].why == "drain deadline"
    herd.start()
    herd.ready()
    _every_run_began_further_on(job.result(timeout=30), 1)
    assert job.fetch().crashes == 0


def _every_run_began_further_on(begun: list[int], interruptions: int) -> None:
    """`begun`: at which step each run began, as the last one found it in its checkpoint."""
    assert len(begun) == interruptions + 1
    assert begun[0] == 0
    assert begun == sorted(set(begun))
