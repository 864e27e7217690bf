"""TERM in the middle of work."""

import time

import pytest

from engine import JobState, NewJob
from tests.chaos.conftest import MakeHerd
from tests.support.servers import Store, StoreServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]

COUNT = 1000
DRAIN = 10.0


def test_a_term_in_the_middle_of_1000_jobs_charges_none_loses_none_and_each_runs_once(
    make_herd: MakeHerd, store: Store
) -> None:
    herd = make_herd(url=store.url, pool={"instances": 4, "drain_timeout": DRAIN})
    ids = herd.client.enqueue_many([NewJob("nap", {"seconds": 0.05}, keep=600) for _ in range(COUNT)])
    herd.client.wait(ids[:200], 30)

    began = time.monotonic()
    assert herd.stop() == 0
    assert time.monotonic() - began < DRAIN
    assert herd.all_pids() == []
    counts = herd.starts.counts()
    assert 200 <= len(counts) < COUNT
    found = herd.client.find_many(ids)
    assert {i for i, job in found.items() if job.state is JobState.COMPLETED} == set(counts)
    rest = [job for i, job in found.items() if i not in counts]
    assert {(job.state, job.attempts, job.crashes) for job in rest} == {(JobState.PENDING, 0, 0)}
    assert len(rest) + len(counts) == COUNT

    herd.start()
    herd.ready()
    ended = herd.client.wait(ids, 60)
    assert len(ended) == COUNT
    assert {(job.state, job.attempts, job.crashes) for job in ended.values()} == {(JobState.COMPLETED, 1, 0)}
    assert set(herd.starts.counts().values()) == {1}


def test_a_job_that_outlasts_the_drain_goes_back_unharmed(make_herd: MakeHerd, store: Store) -> None:
    herd = make_herd(url=store.url, pool={"instances": 1, "drain_timeout": 1.0})
    job = herd.client.enqueue("hang-once", keep=600)
    behind = herd.client.enqueue("nap", keep=600)
    while not herd.starts.of(job.id):
        time.sleep(0.01)
    herd.stop()
    assert herd.all_pids() == []
    for left in (job.fetch(), behind.fetch()):
        assert (left.state, left.attempts, left.crashes) == (JobState.PENDING, 0, 0)
    assert herd.starts.of(behind.id) == []


def test_a_clean_shutdown_stops_the_store_last_and_the_next_start_finds_every_job(
    make_herd: MakeHerd, embedded: StoreServer
) -> None:
    herd = make_herd(server=embedded)
    later = herd.client.enqueue("nap", delay="1h")
    ids = herd.client.enqueue_many([NewJob("nap", {"seconds": 0.05}, keep=600) for _ in range(100)])
    assert herd.stop() == 0
    assert herd.all_pids() == []
    herd.start()
    herd.ready()
    assert len(herd.client.wait(ids, 30)) == len(ids)
    assert set(herd.starts.counts().values()) == {1}
    assert later.state is JobState.SCHEDULED
