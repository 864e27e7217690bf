"""Workers that never come back from a job, in Python and in C, and one that does in the end."""

import itertools

import pytest

from engine import JobState
from tests.chaos.conftest import MakeHerd
from tests.support.servers import Store

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

CRASHES = 2
LEASE = 2.0


@pytest.mark.parametrize("task", ["spin", "seize"])
def test_a_stuck_worker_is_killed_at_the_hard_timeout_and_other_jobs_flow(
    task: str, make_herd: MakeHerd, store: Store
) -> None:
    herd = make_herd(url=store.url, queues={"default": {"max_crashes": CRASHES}})
    stuck = herd.client.enqueue(task)
    others = [herd.client.enqueue("nap", {"seconds": 0.05}, keep=600) for _ in range(40)]
    flowed = herd.client.wait([job.id for job in others], 20)
    assert len(flowed) == len(others)
    assert {(job.state, job.crashes) for job in flowed.values()} == {(JobState.COMPLETED, 0)}

    buried = herd.client.wait([stuck.id], 20)[stuck.id]
    assert (buried.state, buried.crashes) == (JobState.DEAD, CRASHES)
    assert buried.error is not None
    assert buried.error.cause == "hard timeout"
    starts = herd.starts.of(stuck.id)
    assert len(starts) == CRASHES
    assert len({line.pid for line in starts}) == CRASHES
    assert all(later.at - earlier.at >= 0.9e9 for earlier, later in itertools.pairwise(starts))
    assert herd.starts.repeated() == {stuck.id}
    herd.ready()


def test_a_c_call_that_holds_the_interpreter_for_twice_the_lease_runs_once(make_herd: MakeHerd, store: Store) -> None:
    herd = make_herd(url=store.url, queues={"default": {"lease": LEASE}})
    job = herd.client.enqueue("hold", {"seconds": 2 * LEASE}, keep=600)
    assert job.result(timeout=20) == 2 * LEASE
    assert (job.fetch().attempts, job.fetch().crashes) == (1, 0)
    assert len(herd.starts.of(job.id)) == 1
