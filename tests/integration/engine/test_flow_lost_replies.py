"""Flows whose replies are lost after they were executed: nothing is made twice, nothing starts twice."""

import pytest

from engine import Client, Flow, JobError, chain, chord, group
from engine.clients.engine import Engine
from engine.flows.flow_calls import proceed, spawn
from engine.jobs.new_job import NewJob
from engine.store.claims import Done
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from tests.support.proxy import Proxy
from tests.support.seats import claim


@pytest.fixture
def proxy(store):
    with Proxy(store.socket) as proxy:
        yield proxy
    assert broken(store.client) == unexplained_keys(store.client) == []


@pytest.mark.parametrize("skip", range(3))
def test_a_flow_whose_replies_are_lost_is_made_once(store, proxy, skip):
    with Client(store.url) as direct, Client(proxy.url) as through:
        direct.flows.submit(chain("a"))  # the server knows the script now
        proxy.skip, proxy.lose = skip, 1
        handle = through.flows.submit(chord(group(*["m"] * 1100), "callback"))
        assert proxy.lost == 1
        assert [info.total for info in direct.flows.list()] == [1101, 1]
        assert len(set(handle.ids.values())) == direct.flows.get(handle.id).progress().total == 1101


@pytest.mark.parametrize("verb", ["complete", "complete with a result", "bury", "discard", "settle"])
def test_a_members_end_whose_reply_is_lost_lets_its_children_go_once(store, proxy, verb):
    flow = Flow()
    flow.job("a").then("b", if_failed="continue")
    with Client(store.url) as client:
        handle = client.flows.submit(flow)
        engine = Engine(proxy.url, "default", incarnation=7)
        [job] = claim(engine).jobs
        lease = engine.lease(job)
        proxy.lose = 1
        {
            "complete": lambda: engine.complete([Done(lease)]),
            "complete with a result": lambda: engine.complete([Done(lease, b"\x01", 60)]),
            "bury": lambda: engine.bury(lease, JobError(type="E", message="m")),
            "discard": lambda: engine.discard(lease, JobError(type="E", message="m"), 60),
            "settle": lambda: engine.settle(7, "signal 9", [lease], charged=True, max_crashes=1),
        }[verb]()
        engine.close()
        assert proxy.lost == 1
        other = Engine(store.url, "default", incarnation=8)
        assert [j.type for j in claim(other).jobs] == ["b"]
        assert claim(other).jobs == []
        other.close()
        assert handle.progress().done == 1


def test_a_child_whose_reply_is_lost_is_added_once(store, proxy):
    with Client(store.url) as client, Client(proxy.url) as through:
        handle = client.flows.submit(chain("a", "b"))
        engine = Engine(store.url, "default", incarnation=7)
        [job] = claim(engine).jobs
        for n in range(5):
            proxy.lose = 1
            through.run(spawn(engine.lease(job), "a", f"c-{n}", NewJob("c")))
        engine.close()
        assert (proxy.lost, handle.progress().total) == (5, 7)
        assert client.queues()["default"].pending == 5


@pytest.mark.parametrize("skip", range(3))
def test_a_cancel_whose_reply_is_lost_cancels_the_whole(store, proxy, skip):
    with Client(store.url) as client, Client(proxy.url) as through:
        handle = client.flows.submit(group(*["m"] * 450))
        proxy.skip, proxy.lose = skip, 1
        assert through.flows.cancel(handle.id) is True
        assert (proxy.lost, handle.state(), handle.progress().states) == (1, "cancelled", {"cancelled": 450})


def test_what_is_left_to_do_is_done_once_though_replies_are_lost(store, proxy):
    flow = Flow(keep=0.001)
    flow.group(*["m"] * 1000, after=[flow.job("bad")])
    with Client(store.url) as client, Client(proxy.url) as through:
        handle = client.flows.submit(flow)
        engine = Engine(store.url, "default", incarnation=7)
        [job] = claim(engine).jobs
        engine.bury(engine.lease(job), JobError(type="E", message="m"))
        engine.close()
        assert handle.progress().done == 251
        for _ in range(12):
            proxy.lose = 1
            through.ask(proceed(rounds=1))
        assert proxy.lost == 12
        assert client.flows.list() == []
