"""`why` on the real server: the facts are gathered as they are, by both clients and the command line."""

import asyncio

import pytest

from engine import AsyncClient, JobNotFound, NewJob
from engine.asking.why import COUNTED
from engine.jobs.job import WorkerInfo
from tests.support.seats import ERROR, claim


@pytest.fixture
def alive(seats):
    """Makes a live worker: alive(1, queues=…, types=…, job=…)."""

    def make(number, queues=("default",), types=("t",), job=None):
        engine = seats(number)
        info = WorkerInfo(incarnation=f"{number:x}", host="h", pid=1, pool="p", slot=0, queues=tuple(queues), job=job)
        info.state = "busy" if job else "idle"
        engine.register(info, dict.fromkeys(types, queues[0]))
        engine.extend([info], [], 30)
        return engine

    return make


def codes(handle):
    return [reason.code for reason in handle.why().reasons]


def test_a_pending_job_hears_of_workers_of_its_queue_and_its_type(client, alive):
    handle = client.enqueue("t")
    assert codes(handle) == ["no worker for its queue"]
    alive(1, queues=("others",))
    assert codes(handle) == ["no worker for its queue"]
    assert handle.why().reasons[0].data == {"queue": "default", "live": 1}
    alive(2, types=("other",))
    assert codes(handle) == ["no worker for its type"]
    alive(3, job="1-1-1")
    assert codes(handle) == ["busy"]
    alive(4)
    assert codes(handle) == ["next"]
    client.pause("default")
    assert codes(handle) == ["paused"]


def test_a_pending_job_knows_how_many_are_before_it(client, alive):
    alive(1)
    ids = client.enqueue_many(("t", n) for n in range(250))
    assert client.job(ids[0]).why().reasons[0].code == "next"
    assert client.job(ids[1]).why().reasons[0].data == {"ahead": 1, "more": False}
    assert client.job(ids[249]).why().reasons[0].data == {"ahead": 249, "more": False}
    engine = alive(2)
    jobs = claim(engine, 10).jobs
    assert client.job(ids[249]).why().reasons[0].data["ahead"] == 239
    engine.release([engine.lease(job) for job in jobs])
    assert client.job(ids[9]).why().reasons[0].data["ahead"] == 9
    assert client.job(ids[249]).why().reasons[0].data["ahead"] == 249


def test_a_promoted_job_stands_where_its_entry_stands(client, alive):
    engine = alive(1)
    handle = client.enqueue("t")
    [job] = claim(engine).jobs
    engine.retry(engine.lease(job), ERROR, 0)
    client.enqueue_many(("t", n) for n in range(3))
    engine.promote()
    assert handle.why().reasons[0].data == {"ahead": 3, "more": False}


def test_beyond_a_number_it_is_only_said_that_there_are_more(client, alive):
    alive(1)
    client.enqueue_many(("t", n) for n in range(COUNTED + 10))
    why = client.enqueue("t").why()
    assert why.reasons[0].data == {"ahead": COUNTED, "more": True}
    assert "more than 10,000" in why.text


def test_large_bodies_are_not_all_looked_at(client, alive):
    alive(1)
    client.enqueue_many(("t", "x" * 60_000) for _ in range(300))
    data = client.enqueue("t").why().reasons[0].data
    assert data["more"]
    assert 50 < data["ahead"] < 300


def test_a_scheduled_a_held_and_a_retried_job_say_what_they_wait_for(client, seats, store):
    later = client.enqueue("t", delay=3600)
    assert codes(later) == ["scheduled"]
    engine = seats(1)
    retried = client.enqueue("t", retries=5)
    [job] = claim(engine).jobs
    engine.retry(engine.lease(job), ERROR, 60)
    assert "for retry 1 of 5, after ValueError: no" in retried.why().text
    store.client.zadd("herdsman:{default}:scheduled", {later.id: 9e15})
    assert codes(later) == ["waits for others"]
    store.client.zadd("herdsman:{default}:scheduled", {later.id: 1})


def test_a_running_and_an_ended_job_say_so(client, alive):
    handle, engine = client.enqueue("t"), alive(1)
    [job] = claim(engine).jobs
    assert "it runs on worker 1 on h" in handle.why().text
    engine.bury(engine.lease(job), ERROR)
    assert "is a dead letter, after ValueError: no" in handle.why().text


def test_the_async_client_and_the_command_line_answer_the_same(client, store):
    from click.testing import CliRunner

    from engine.cli.command import cli

    handle = client.enqueue("t", delay=3600)

    async def ask():
        async with AsyncClient(store.url) as other:
            log = await other.job(handle.id).logs()
            return await other.job(handle.id).why(), log

    answer, log = asyncio.run(ask())
    assert answer.reasons[0].code == "scheduled"
    assert log.lines == []
    run = CliRunner().invoke
    said = run(cli, ["--url", store.url, "why", handle.id])
    assert (said.exit_code, said.output.startswith("it is scheduled: it waits until")) == (0, True)
    assert '"code": "scheduled"' in run(cli, ["--url", store.url, "why", handle.id, "--json"]).output
    shown = run(cli, ["--url", store.url, "show", handle.id]).output
    assert "history" in shown
    assert "enqueued" in shown.partition("history")[2]
    for verb in ("why", "log"):
        assert run(cli, ["--url", store.url, verb, "9-9-9"]).exit_code == 1
        assert run(cli, ["--url", store.url, verb, handle.id]).exit_code == 0


def test_a_job_that_never_was_is_an_error(client):
    with pytest.raises(JobNotFound):
        client.job("9-9-9").why()
    client.enqueue_many([NewJob("t")])
