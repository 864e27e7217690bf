"""Positions in what a search walks through: right after a job that is gone, however many stand at its place."""

import pytest

from engine.search.sources import Source, window
from engine.store import keys

KEY = keys.base("default") + ":dead:crowd"


@pytest.fixture
def crowd(store):
    """Three thousand members of one score, between two of others."""
    ids = [f"1-1700000000000-{n}" for n in range(3000)]
    store.client.zadd(KEY, {"1-1-1": 5, **dict.fromkeys(ids, 7), "9-9-9": 9})
    yield sorted(ids)
    store.client.delete(KEY)


@pytest.mark.parametrize(("kind", "last"), [("rising", "9_9-9-9"), ("falling", "5_1-1-1")])
def test_a_walk_goes_on_behind_one_that_is_gone_among_many_of_one_millisecond(client, store, crowd, kind, last):
    order = crowd if kind == "rising" else crowd[::-1]
    store.client.zrem(KEY, order[2000])
    found = client.ask(window("", Source(5, 1, kind, KEY), f"7_{order[2000]}", 50))
    assert [entry.id for entry in found.entries] == order[2001:2051]
    assert found.after == f"7_{order[2050]}"
    found = client.ask(window("", Source(5, 1, kind, KEY), f"7_{order[-1]}", 50))
    assert [entry.behind for entry in found.entries] == [last]
    assert (found.after, found.read) == (None, 1)
