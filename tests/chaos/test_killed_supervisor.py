"""``kill -9`` of the supervisor, and of the store it embeds."""

import time

import pytest

from engine import JobState, NewJob
from tests.chaos.conftest import MakeHerd
from tests.support import processes
from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.servers import StoreServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]


def _submit(herd: Herd, count: int, seconds: float) -> list[str]:
    """Naps, and some of them done already, so that what follows happens in the middle."""
    ids = herd.client.enqueue_many([NewJob("nap", {"seconds": seconds}, keep=600) for _ in range(count)])
    eventually(lambda: len(herd.starts.counts()) > count // 10, 20, "some jobs have started")
    return ids


def _all_completed(herd: Herd, ids: list[str], timeout: float = 60) -> None:
    ended = herd.client.wait(ids, timeout)
    assert len(ended) == len(ids)
    assert {(job.state, job.crashes) for job in ended.values()} == {(JobState.COMPLETED, 0)}
    assert set(herd.starts.counts()) == set(ids)


def test_workers_finish_and_leave_when_their_supervisor_is_killed_and_the_next_goes_on(
    make_herd: MakeHerd, embedded: StoreServer
) -> None:
    herd = make_herd(server=embedded)
    janitor, store = herd.pid_of("janitor"), herd.pid_of("store")
    workers = herd.worker_pids()
    ids = _submit(herd, 300, 0.05)
    killed_at = herd.kill(herd.pid)
    processes.gone(workers, 10)
    eventually(lambda: not herd.pids("zygote") and not herd.pids("keeper"), 10, "the zygote and the keeper leave")
    assert not herd.starts.in_flight(time.monotonic_ns(), grace=0)
    assert processes.alive(janitor)
    assert processes.alive(store)
    assert 0 < len(herd.starts.counts()) < len(ids)

    herd.start()
    herd.ready()
    assert (herd.pid_of("janitor"), herd.pid_of("store")) == (janitor, store)
    _all_completed(herd, ids)
    assert herd.starts.repeated() <= herd.starts.in_flight(killed_at)
    assert herd.stop() == 0
    assert herd.all_pids() == []


@pytest.mark.every_server
def test_a_killed_store_comes_back_with_every_job(make_herd: MakeHerd, embedded: StoreServer) -> None:
    herd = make_herd(server=embedded)
    workers = sorted(herd.worker_pids())
    ids = _submit(herd, 300, 0.05)
    killed_at = herd.kill(herd.pid_of("store"))
    herd.pid_of("store")
    herd.ready()
    _all_completed(herd, ids)
    assert sorted(herd.worker_pids()) == workers, "no worker leaves because of the store"
    assert herd.starts.repeated() <= herd.starts.in_flight(killed_at)
    assert herd.client.enqueue("nap", {"seconds": 0}, keep=60).result(timeout=5) == 0


def test_killing_everything_at_once_loses_nothing(make_herd: MakeHerd, embedded: StoreServer) -> None:
    herd = make_herd(server=embedded, queues={"default": {"lease": "2s"}})
    ids = _submit(herd, 200, 0.05)
    herd.kill(herd.pid)
    processes.end(seen for seen in processes.left_behind() if seen.pid in herd.all_pids())
    killed_at = time.monotonic_ns()  # until here workers may have begun one more job
    assert herd.all_pids() == []

    herd.start()
    herd.ready()
    ended = herd.client.wait(ids, 60)
    assert {job.state for job in ended.values()} == {JobState.COMPLETED}
    assert len(ended) == len(ids)
    assert set(herd.starts.counts()) == set(ids)
    assert herd.starts.repeated() <= herd.starts.in_flight(killed_at)
