"""The audit log, the gateways' secret and logouts, on the real server, by both clients."""

import asyncio
import threading
import time

import pytest

from engine import AsyncClient, Client
from engine.clients.audit import KEPT, Act, written
from engine.clients.logouts import is_logged_out, logout
from tests.support.proxy import Proxy


def act(n):
    return Act(who="ana", via="token", act="POST /queues/{queue}/pause", on={"queue": f"q{n}"}, outcome=200)


def test_acts_are_listed_newest_first_page_by_page(client):
    before = time.time()
    for n in range(5):
        client.audit.write(act(n))
    first = client.audit.list(2)
    second = client.audit.list(2, first.cursor)
    last = client.audit.list(2, second.cursor)
    assert [one.on["queue"] for one in (*first.acts, *second.acts, *last.acts)] == ["q4", "q3", "q2", "q1", "q0"]
    assert last.cursor is None
    assert abs(first.acts[0].at - before) < 60
    assert (first.acts[0].who, first.acts[0].outcome) == ("ana", 200)


def test_an_empty_log_is_an_empty_page_and_a_bad_cursor_is_an_error(client):
    assert client.audit.list() == client.audit.list(1)
    assert client.audit.list().acts == []
    with pytest.raises(ValueError, match="no cursor"):
        client.audit.list(5, "+")


def test_the_async_client_does_the_same(client, store):
    async def run():
        other = AsyncClient(store.url)
        await other.audit.write(act(7))
        page = await other.audit.list()
        secret = await other.seal(b"mine")
        await other.close()
        return page, secret

    page, secret = asyncio.run(run())
    assert [one.on["queue"] for one in page.acts] == ["q7"]
    assert (secret, client.seal(b"another")) == (b"mine", b"mine")


def test_the_log_stays_bounded_and_odd_lines_in_it_are_passed_over(client, store):
    key = "herdsman:{default}:audit"
    pipe = store.client.pipeline(transaction=False)
    for n in range(KEPT + 500):
        pipe.xadd(key, {"l": b"no line of ours"}, id=f"{n + 1}-0")
    pipe.execute()
    client.audit.write(act(1))
    assert KEPT <= store.client.xlen(key) <= KEPT + 200
    page = client.audit.list(3)
    assert [one.on["queue"] for one in page.acts] == ["q1"]
    assert page.cursor is not None


def test_a_line_whose_reply_was_lost_is_written_once(client, store):
    with Proxy(store.socket) as proxy, Client(proxy.url) as through:
        through.audit.write(act(2))
        proxy.lose = 1
        through.audit.write(act(3))
        assert proxy.lost == 1
    assert [one.on["queue"] for one in client.audit.list().acts] == ["q3", "q2"]


def test_gateways_that_start_at_once_agree_on_one_secret(client):
    found = []
    threads = [threading.Thread(target=lambda n=n: found.append(client.seal(bytes([n]) * 32))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert written(act(1)).remembered


@pytest.mark.parametrize("cursor", ["0-0", "00-0"])
def test_before_the_beginning_there_is_nothing(client, cursor):
    page = client.audit.list(5, cursor)
    assert (page.acts, page.cursor) == ([], None)


def test_a_session_that_was_ended_is_remembered_until_it_would_be_over_by_itself(client, store):
    base, now = "herdsman:{default}", int(time.time())
    client.run(logout("long over", now - 2 * 86400))
    client.run(logout("mine", now + 3600))
    client.run(logout("mine", now + 3600))
    assert client.ask(is_logged_out(base, "mine"))
    assert not client.ask(is_logged_out(base, "another"))
    assert store.client.zrange(f"{base}:logouts", 0, -1) == [b"mine"]
