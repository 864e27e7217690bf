"""Threads that wait share a subscription; it is lost, forked and closed under them."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import Client, EngineError, ResultTimeout, StoreDown
from engine.store import keys
from engine.store.claims import Done
from tests.support.processes import eventually
from tests.support.proxy import Proxy
from tests.support.seats import claim

MANY = 50
CHANNEL = keys.base("default") + ":done"


@pytest.fixture
def threads():
    with ThreadPoolExecutor(MANY) as pool:
        yield pool


def subscriptions(store):
    return [c for c in store.client.client_list() if int(c["sub"])]


def all_watched(store, ids):
    watched = store.client.zrange(keys.base("default") + ":watched", 0, -1)
    return {i.decode() if isinstance(i, bytes) else i for i in watched} >= set(ids)


def complete(seat, count):
    """Works off so many jobs, each with its payload as result."""
    jobs = claim(seat, count).jobs
    seat.complete([Done(seat.lease(job), job.payload, 60) for job in jobs])
    return len(jobs)


def threads_of_this_process():
    return {thread.name for thread in threading.enumerate()}


def test_fifty_threads_wait_for_fifty_jobs_with_one_subscription(store, client, seat, threads):
    handles = [client.enqueue("t", n) for n in range(MANY)]
    waiting = [threads.submit(handle.result, 20) for handle in handles]
    eventually(lambda: all_watched(store, [h.id for h in handles]), 10)
    assert len(subscriptions(store)) == 1
    for _ in range(5):
        complete(seat, 10)
        assert len(subscriptions(store)) <= 1
    assert [done.result(20) for done in waiting] == list(range(MANY))
    eventually(lambda: not subscriptions(store), 5)


def test_many_threads_wait_for_the_same_job(store, client, seat, threads):
    handle = client.enqueue("t", "x")
    waiting = [threads.submit(handle.result, 20) for _ in range(MANY)]
    eventually(lambda: all_watched(store, [handle.id]), 10)
    complete(seat, 1)
    assert [done.result(20) for done in waiting] == ["x"] * MANY


def test_one_wait_after_another_uses_the_same_connection_and_hears_nothing_between_them(store, client, seat):
    opened = set()
    for n in range(20):
        handle = client.enqueue("t", n)
        with ThreadPoolExecutor(1) as one:
            waiting = one.submit(handle.result, 20)
            eventually(lambda: all_watched(store, [handle.id]), 10)  # noqa: B023 - called at once
            opened.update(c["id"] for c in subscriptions(store))
            complete(seat, 1)
            assert waiting.result(20) == n
        assert not subscriptions(store)
    assert len(opened) == 1


def test_the_lead_is_handed_on_when_a_wait_ends_by_its_time_limit(store, client, seat, threads):
    handle = client.enqueue("t", 1)
    short = [threads.submit(client.ended, [handle.id], 0.2 + n / 100) for n in range(20)]
    long = threads.submit(handle.result, 20)
    assert [done.result(20) for done in short] == [set()] * 20
    eventually(lambda: all_watched(store, [handle.id]), 10)
    complete(seat, 1)
    assert long.result(20) == 1


def test_an_error_raised_in_the_thread_that_reads_leaves_the_others_waiting(store, client, seat, threads, monkeypatch):
    handle = client.enqueue("t", 1)
    listener, raised = client._listener, threading.Event()
    plain = listener._subscription.next

    def fails_once(deadline):
        if not raised.is_set():
            raised.set()
            raise KeyboardInterrupt
        return plain(deadline)

    monkeypatch.setattr(listener._subscription, "next", fails_once)
    waiting = [threads.submit(handle.result, 20) for _ in range(5)]
    eventually(raised.is_set, 10)
    complete(seat, 1)
    errors = [done.exception(20) for done in waiting]
    assert sorted(str(type(e).__name__) for e in errors) == ["KeyboardInterrupt", *["NoneType"] * 4]


def test_no_thread_is_started(store, client, seat):
    before = threads_of_this_process()
    with pytest.raises(ResultTimeout):
        client.enqueue("t").result(0.2)
    assert threads_of_this_process() == before


def test_a_lost_connection_is_replaced_and_what_ended_meanwhile_is_asked_for(store, seat, threads):
    with Proxy(store.socket) as proxy, Client(proxy.url) as client:
        handles = [client.enqueue("t", n) for n in range(MANY)]
        waiting = [threads.submit(handle.result, 30) for handle in handles]
        eventually(lambda: all_watched(store, [h.id for h in handles]), 10)
        proxy.refuse = True
        eventually(lambda: not cut(store), 5)
        assert complete(seat, 25) == 25  # nobody hears of these
        proxy.refuse = False
        eventually(lambda: sum(done.done() for done in waiting) == 25, 20)
        assert len(subscriptions(store)) == 1
        complete(seat, 25)
        assert [done.result(20) for done in waiting] == list(range(MANY))


def cut(store):
    """Touches the subscriptions: what a proxy refuses it drops with the next byte."""
    store.client.publish(CHANNEL, "nothing")
    return subscriptions(store)


def test_connections_killed_again_and_again_lose_no_end(store, client, seat, threads):
    handles = [client.enqueue("t", n) for n in range(MANY)]
    waiting = [threads.submit(handle.result, 30) for handle in handles]
    for _ in range(MANY // 10):
        eventually(lambda: subscriptions(store), 10)
        store.client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        complete(seat, 10)
    assert [done.result(20) for done in waiting] == list(range(MANY))


def test_a_store_that_stays_away_is_told_to_each_who_waits(store, threads):
    with Proxy(store.socket) as proxy, Client(proxy.url) as client:
        handles = [client.enqueue("t", n) for n in range(5)]
        waiting = [threads.submit(handle.result, 2) for handle in handles]
        eventually(lambda: all_watched(store, [h.id for h in handles]), 10)
        proxy.refuse = True
        eventually(lambda: not cut(store), 5)
        assert [type(done.exception(20)) for done in waiting] == [StoreDown] * 5


@pytest.mark.process
def test_a_forks_child_waits_on_a_subscription_of_its_own(store, client, seat, threads):
    ours, theirs = client.enqueue("t", "ours"), client.enqueue("t", "theirs")
    waiting = [threads.submit(ours.result, 30) for _ in range(8)]
    eventually(lambda: all_watched(store, [ours.id]), 10)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if theirs.result(20) == "theirs" else 1
        finally:
            os._exit(status)
    eventually(lambda: all_watched(store, [theirs.id]), 10)
    assert len(subscriptions(store)) == 2
    complete(seat, 2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [done.result(20) for done in waiting] == ["ours"] * 8


@pytest.mark.process
def test_forks_while_threads_come_and_go_never_hang(store, client, threads):
    stop = threading.Event()
    handle = client.enqueue("t")

    def use():
        while not stop.is_set():
            client.ended([handle.id], 0.01)

    using = [threads.submit(use) for _ in range(4)]
    try:
        for _ in range(15):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    status = 0 if client.ended([handle.id], 0.05) == set() else 1
                finally:
                    os._exit(status)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        stop.set()
    assert [done.result(20) for done in using] == [None] * 4


def test_close_ends_all_waits_by_an_error_and_a_later_wait_opens_anew(store, client, seat, threads):
    handle = client.enqueue("t", 1)
    waiting = [threads.submit(handle.result, 50) for _ in range(MANY)]
    eventually(lambda: all_watched(store, [handle.id]), 10)
    before = time.monotonic()
    client.close()
    assert {str(done.exception(20)) for done in waiting} == {"the client was closed while this waited"}
    assert all(type(done.exception()) is EngineError for done in waiting)
    assert time.monotonic() - before < 30
    eventually(lambda: not subscriptions(store), 5)
    later = threads.submit(handle.result, 20)
    eventually(lambda: subscriptions(store), 10)
    complete(seat, 1)
    assert later.result(20) == 1
