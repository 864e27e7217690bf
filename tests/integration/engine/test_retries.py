"""The verbs behind Retry, Discard, Snooze and expiry, on the real server."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from engine import AsyncClient, JobState, NewJob
from engine.payloads.payload import Options, decode_options, encode_options
from engine.store import calls
from tests.support.processes import eventually
from tests.support.seats import ERROR, claim


@pytest.mark.parametrize("charge", [True, False])
def test_a_discarded_job_is_cancelled_and_its_record_expires(client, seats, store, charge):
    handle, engine = client.enqueue("t"), seats(1)
    [job] = claim(engine).jobs
    assert engine.discard(engine.lease(job), ERROR, 60, charge=charge)
    found = handle.fetch()
    assert (found.state, found.error, found.attempts) == (JobState.CANCELLED, ERROR, int(charge))
    assert 0 < store.client.pttl(f"herdsman:{{default}}:job:{handle.id}") <= 60_000
    assert client.jobs(state="dead").jobs == []
    assert [one.id for one in client.jobs(state="cancelled").jobs] == [handle.id]


def test_only_the_holder_can_discard_and_only_once(client, seats):
    handle, engine = client.enqueue("t"), seats(1)
    [job] = claim(engine).jobs
    lease = engine.lease(job)
    assert not seats(2).discard(lease.rpartition("/")[0] + "/2", ERROR, 60)
    assert [engine.discard(lease, ERROR, 60) for _ in range(2)] == [True, False]
    assert handle.state == JobState.CANCELLED


def test_whoever_waits_for_a_job_hears_that_it_was_discarded(client, seats):
    handle, engine = client.enqueue("t"), seats(1)
    [job] = claim(engine).jobs
    engine.discard(engine.lease(job), ERROR, 60)
    assert client.wait([handle.id], 5)[handle.id].state == JobState.CANCELLED


def test_a_discarded_jobs_record_is_pruned(client, seats, store):
    handle, engine = client.enqueue("t"), seats(1)
    [job] = claim(engine).jobs
    engine.discard(engine.lease(job), ERROR, 0.01)

    def gone():
        engine.prune()
        return store.client.zcard("herdsman:{default}:finished") == 0

    eventually(gone, 2)
    assert store.client.exists(f"herdsman:{{default}}:job:{handle.id}") == 0


def test_an_error_of_none_leaves_the_earlier_one(client, seats):
    handle, engine = client.enqueue("t"), seats(1)
    [job] = claim(engine).jobs
    engine.retry(engine.lease(job), ERROR, 0.001)
    eventually(lambda: engine.promote().moved, 2)
    [job] = claim(engine).jobs
    engine.retry(engine.lease(job), None, 0.001, charge=False)
    assert (handle.fetch().error, handle.fetch().attempts) == (ERROR, 1)
    eventually(lambda: engine.promote().moved, 2)
    [job] = claim(engine).jobs
    engine.bury(engine.lease(job), None, charge=False)
    assert (handle.fetch().state, handle.fetch().error) == (JobState.DEAD, ERROR)


def test_failures_crashes_and_releases_are_counted_apart(client, seats):
    handle = client.enqueue("t")
    for incarnation, charged in ((1, True), (2, False), (3, False)):
        engine = seats(incarnation)
        [job] = claim(engine).jobs
        seats(9).settle(incarnation, "signal 9", [engine.lease(job)], charged=charged, max_crashes=3)
    engine = seats(4)
    [job] = claim(engine).jobs
    engine.retry(engine.lease(job), ERROR, 60)
    found = handle.fetch()
    assert (found.attempts, found.crashes, found.releases) == (1, 1, 2)


def test_start_before_travels_with_the_job_whoever_sends_it(client, seats):
    moment = datetime.now(tz=UTC) + timedelta(hours=1)
    client.enqueue("t", start_before="5m", retries=2)
    client.enqueue_many([NewJob("t", start_before=moment)], queue="default")
    after, until = (decode_options(job.options) for job in claim(seats(1)).jobs)
    assert (after.x, after.u, after.r) == (300.0, None, 2)
    assert (until.x, until.u) == (None, moment.timestamp())


def test_the_async_client_takes_start_before_too(store):
    async def enqueue():
        async with AsyncClient(store.url) as client:
            return await (await client.enqueue("t", start_before=timedelta(minutes=5))).fetch()

    found = asyncio.run(enqueue())
    assert found.start_before == pytest.approx(found.enqueued_at + 300)


@pytest.mark.parametrize("options", [{"start_before": "1m", "delay": "1m"}, {"start_before": datetime(2030, 1, 1)}])  # noqa: DTZ001 - that is the point
def test_an_expiry_that_makes_no_sense_is_refused(client, options):
    with pytest.raises(ValueError, match="start"):
        client.enqueue("t", **options)


def test_a_retry_can_leave_other_options_and_leaves_them_alone_otherwise(client, seats):
    client.enqueue("t", headers={"a": "1"})
    engine, found = seats(1), []
    for options in (b"", encode_options(Options(h={"a": "1"}, tp="the attempt before")), b"", None):
        [job] = claim(engine).jobs
        found.append(decode_options(job.options))
        if options is not None:
            engine.run(calls.retry(engine.lease(job), ERROR, 0.001, charge=True, options=options))
            eventually(lambda: engine.promote().moved, 2)
    assert [one.h for one in found] == [{"a": "1"}] * 4
    assert [one.tp for one in found] == [None, None, "the attempt before", "the attempt before"]
