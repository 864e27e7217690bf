"""Cancels of jobs that run: the request stands in the store as long as the job runs, whatever ends that run."""

import pytest

from engine import JobState
from engine.store.claims import Done
from tests.support.processes import eventually
from tests.support.seats import ERROR, claim

CANCELS = "herdsman:{default}:cancels"


@pytest.fixture
def asked(client, seats):
    """A job that runs and was asked to stop: handle, its worker's seat, the lease."""
    handle, engine = client.enqueue("t"), seats(1)
    [job] = claim(engine).jobs
    assert client.cancel(handle.id) is False
    return handle, engine, engine.lease(job)


def test_the_keeper_hears_of_it_with_the_next_extension(asked, seats):
    handle, _, lease = asked
    heard = seats(9).extend([], [lease], 30)
    assert (heard.leases, heard.cancels, handle.state) == (1, [handle.id], JobState.PROCESSING)


def test_whoever_does_not_want_running_jobs_stopped_says_so(client, seats, store):
    handle = client.enqueue("t")
    claim(seats(1))
    assert client.cancel(handle.id, running=False) is False
    assert store.client.exists(CANCELS) == 0


@pytest.mark.parametrize(
    "end",
    [
        lambda engine, lease, _: engine.retry(lease, ERROR, 0.001),
        lambda engine, lease, _: engine.bury(lease, ERROR),
        lambda engine, lease, _: engine.discard(lease, ERROR, 60),
        lambda engine, lease, _: engine.release([lease]),
        lambda _, __, keeper: keeper.give_back(1, 100, []),
        lambda _, lease, keeper: keeper.settle(1, "signal 9", [lease], charged=False, max_crashes=3),
        lambda _, lease, keeper: keeper.settle(1, "signal 9", [lease], charged=True, max_crashes=3),
        lambda _, lease, keeper: keeper.settle(1, "signal 9", [lease], charged=True, max_crashes=1),
    ],
    ids=["retry", "bury", "discard", "release", "give_back", "killed", "crash", "last crash"],
)
def test_whatever_ends_the_run_the_job_is_cancelled(asked, seats, store, client, end):
    handle, engine, lease = asked
    end(engine, lease, seats(9))
    assert handle.state == JobState.CANCELLED
    assert store.client.exists(CANCELS) == 0
    assert client.wait([handle.id], 2)[handle.id].state == JobState.CANCELLED
    assert claim(seats(2)).jobs == []
    assert client.queues()["default"].dead == 0


@pytest.mark.parametrize("done", [(), (b"\x05", 60)], ids=["no result", "result"])
def test_a_job_that_completes_all_the_same_has_completed(asked, store, done):
    handle, engine, lease = asked
    engine.complete([Done(lease, *done)])
    assert handle.state == JobState.COMPLETED
    assert store.client.exists(CANCELS) == 0


def test_a_lost_hosts_job_does_not_come_back_either(client, seats, store):
    handle, engine = client.enqueue("t"), seats(1)
    engine.post([], 1, ("default",), 0.01)
    engine.collect()
    client.cancel(handle.id)

    def rescued():
        return seats(9).rescue(grace=0.01)

    eventually(rescued, 3)
    assert handle.state == JobState.CANCELLED
    assert store.client.exists(CANCELS) == 0
