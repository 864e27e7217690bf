"""A client, and seats of workers, on the real server; afterwards the invariants hold."""

import pytest

from engine import Client
from engine.engine import Engine
from tests.support.invariants import broken


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
