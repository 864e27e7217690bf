"""A refusal is an answer like any other: it is remembered, so a call that its caller was told is refused stays refused,
however late the store hears of it again.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from engine import AsyncClient, Client, NewJob, QueueClosed, QueueFull, StoreFull, Unique, chain
from engine.entrance.enqueue import enqueue
from engine.entrance.submit import submit
from engine.flows.flow_calls import Submission, spawn
from engine.flows.flow_calls import submit as submit_flow
from engine.schedules import schedule
from engine.store import scripts
from engine.store.claims import Done
from engine.store.session import Session
from tests.faults.saboteur import RESTART, Saboteur
from tests.support.seats import claim

LIMITS = "herdsman:{default}:limits"
CLOCK = schedule.Schedule(name="clock", task="t", cron="* * * * *")


def flow_call():
    """What hands over a flow of one."""
    return next(submit_flow(Submission(chain("t"))))


KINDS = {
    "enqueue": lambda _: enqueue([NewJob("t", n) for n in range(3)]),
    "submit": lambda _: submit(NewJob("t", 1, webhook="https://example.com")),
    "run": lambda _: schedule.run(CLOCK),
    "flow": lambda _: flow_call(),
    "spawn": lambda lease: spawn(lease, "p", "child", NewJob("t")),
}


@pytest.fixture
def session(store):
    session = Session(store.url, "default", caller=77)
    yield session
    session.close()


@pytest.fixture
def lease(client, seat):
    """Held by a worker; and the schedule is known."""
    client.enqueue("p")
    client.run(schedule.declare("file", [CLOCK]))
    return seat.lease(claim(seat).jobs[0])


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("between", [0, 1])
def test_a_ghost_of_a_refused_call_is_refused_though_there_is_room_by_now(client, session, store, lease, name, between):
    call = KINDS[name](lease)
    session.load(call.script)
    client.intake.close("default")
    ghost = session.pack(call, session.next_operation())
    session.send(ghost)
    refused = session.receive()
    assert refused == [b"full", b"default", -1]
    client.intake.open("default")
    for _ in range(between):
        session.run(enqueue([NewJob("t")]))
    session.send(ghost)
    assert session.receive() == refused
    figures = client.queues()["default"]
    assert (figures.pending, figures.scheduled) == (between, 0)
    assert client.flows.list() == []
    session.run(KINDS[name](lease))
    figures = client.queues()["default"]
    assert figures.pending == between + (3 if name == "enqueue" else 1)


def enqueue_here(url):
    with Client(url) as client:
        client.enqueue("t")


async def enqueue_in_a_loop(url):
    async with AsyncClient(url) as client:
        await client.enqueue("t")


ENQUEUE = {
    "sync": enqueue_here,
    "async": lambda url: asyncio.run(enqueue_in_a_loop(url)),
}


@pytest.mark.parametrize("kind", ENQUEUE)
def test_a_refusal_whose_reply_is_lost_stands_when_the_call_is_repeated_though_room_was_made(client, seat, store, kind):
    store.client.hset(LIMITS, "default", 1)
    client.enqueue("t")
    [job] = claim(seat).jobs
    client.enqueue("t")
    with closing(Saboteur(store.socket)) as saboteur, ThreadPoolExecutor(1) as threads:
        saboteur.command, saboteur.fault = scripts.script("enqueue").sha.encode(), RESTART
        call = threads.submit(ENQUEUE[kind], saboteur.url)
        assert saboteur.down.wait(30)  # it was refused, and nobody knows
        claim(seat, done=[Done(seat.lease(job))])
        saboteur.up.set()
        with pytest.raises(QueueFull, match="1 jobs wait"):
            call.result(30)
        assert (saboteur.struck, client.queues()["default"].pending) == (1, 0)
        ENQUEUE[kind](saboteur.url)
        assert client.queues()["default"].pending == 1


def test_a_job_that_was_refused_for_another_of_its_kind_is_not_made_when_that_one_has_ended(client, session, seat):
    twice = submit(NewJob("t", 1, unique=Unique(on_conflict="raise")))
    first = client.run(twice)
    command = session.pack(twice, session.next_operation())
    session.load(twice.script)
    session.send(command)
    refused = session.receive()
    assert refused == [b"conflict", first.encode()]
    claim(seat, done=[Done(seat.lease(job)) for job in claim(seat).jobs])
    session.send(command)
    assert session.receive() == refused
    assert client.queues()["default"].pending == 0
    assert session.run(twice) != first


def test_a_schedule_that_could_not_be_deleted_outlives_a_ghost_of_that_call(client, session):
    call = schedule.retract("clock")
    command = session.pack(call, session.next_operation())
    session.load(call.script)
    session.send(command)
    assert session.receive() == b"unknown"
    client.schedules.put(CLOCK)
    session.send(command)
    assert session.receive() == b"unknown"
    assert [info.schedule.name for info in client.schedules.list()] == ["clock"]


def test_a_schedule_that_a_file_has_is_not_put_by_a_ghost_when_the_file_has_it_no_more(client, session):
    client.run(schedule.declare("file", [CLOCK]))
    call = schedule.put(CLOCK)
    command = session.pack(call, session.next_operation())
    session.load(call.script)
    session.send(command)
    refused = session.receive()
    assert refused == [b"filed", b"file"]
    client.run(schedule.declare("file", []))
    session.send(command)
    assert session.receive() == refused
    assert client.schedules.list() == []


def test_a_full_server_refuses_before_a_queue_can_and_remembers_nothing(client, session, store):
    client.intake.close("default")
    session.connect()
    held = int(store.client.info("memory")["used_memory"])
    store.client.config_set("maxmemory", held // 2)
    try:
        with pytest.raises(StoreFull):
            session.run(KINDS["enqueue"](None))
        assert store.client.exists("herdsman:{default}:ops:4d") == 0
    finally:
        store.client.config_set("maxmemory", 0)
    with pytest.raises(QueueClosed):
        session.run(KINDS["enqueue"](None))
