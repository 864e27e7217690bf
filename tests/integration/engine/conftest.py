"""A client, and seats of workers, on the real server; afterwards the invariants hold."""

import json

import pytest

from engine import Client, JobError
from engine.clients.engine import Engine
from tests.support import command
from tests.support.flow_run import Run
from tests.support.invariants import broken
from tests.support.seats import claim

pytest.register_assert_rewrite("tests.walks", "tests.faults")


@pytest.fixture
def client(store):
    with Client(store.url) as client:
        yield client
    assert broken(store.client) == []


@pytest.fixture
def seats(store):
    made = []

    def seat(incarnation):
        made.append(Engine(store.url, "default", incarnation=incarnation))
        return made[-1]

    yield seat
    for engine in made:
        engine.close()


@pytest.fixture
def dead(client, seats):
    """Makes dead letters: `dead(count, queue, type, message)` -> ids in the order in which they died."""
    numbers = iter(range(100, 200))

    def make(count, queue="default", type="t", message="no user {}", error="ValueError"):
        ids = client.enqueue_many(((type, {"n": n}) for n in range(count)), queue=queue)
        engine = seats(next(numbers))
        for n, job in enumerate(claim(engine, count, (queue,)).jobs):
            engine.bury(engine.lease(job), JobError(type=error, message=message.format(n)))
        return ids

    return make


@pytest.fixture
def crashed(client, seats):
    """Makes a job that took its process down too often."""
    numbers = iter(range(200, 300))

    def make(cause):
        handle = client.enqueue("t")
        life = next(numbers)
        [job] = claim(seats(life)).jobs
        seats(99).settle(life, cause, [f"{job.id}/{job.token}/{life:x}"], charged=True, max_crashes=1)
        return handle.id

    return make


@pytest.fixture
def seat(seats):
    return seats(7)


@pytest.fixture
def run(client, seat, store):
    return Run(client, seat, store.client)


@pytest.fixture
def say(store):
    """Runs a verb on the store; says its JSON, or fails with what it said."""

    def said(*words, **options):
        done = command.run("--url", store.url, *words, "--json", **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return said


@pytest.fixture
def refused(store):
    """Runs a verb that must fail: its status and what it said on standard error."""

    def said(*words, **options):
        done = command.run("--url", store.url, *words, **options)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    return said
