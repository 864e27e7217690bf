"""The live feed of a real gateway, by a real websocket."""

import base64
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from engine import Client
from engine.payloads.key_ring import KeyRing
from gateway.live.topics import TOPICS
from tests.support.live_client import LiveClient
from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]

HURRIED = """
import sys
from gateway.live import endpoint, flow
from gateway.__main__ import main
flow.ACK_WITHIN, endpoint.GONE_WITHIN = 0.5, 0.5
sys.exit(main())
"""


@pytest.fixture
def tab(gateway: Any) -> Iterator[LiveClient]:
    with LiveClient(gateway.port) as made:
        yield made


def submit(http: httpx.Client, type: str, data: Any = None, **more: Any) -> str:
    answer = http.post("/tasks", json={"type": type, "data": data, "accept_unknown": True, **more})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_every_topic_answers_and_says_no_more_than_what_changed(
    tab: LiveClient, http: httpx.Client, worker: Any
) -> None:
    assert {"t", "n", "epoch", "now", "rights", "interval", "version", "assets"} == tab.hello.keys()
    job = submit(http, "uppercase", "hello")
    args = {"job": {"id": job}, "flow": {"id": "none"}}
    views = {name: tab.sub(number, name, args.get(name)) for number, name in enumerate(TOPICS, 1)}
    tab.until(lambda: all(view.kinds for view in views.values()))
    said = {name: view.trouble["code"] for name, view in views.items() if view.trouble}
    assert said == {"pools": "no_supervisor", "deaths": "no_supervisor"}
    tab.until(lambda: views["job"].rows[job]["status"] == "completed")
    assert views["job"].rows[job]["result"] == "HELLO"
    tab.until(
        lambda: views["overview"].rows["workers"]["value"] == 1 and views["queues"].rows["default"]["pending"] == 0
    )
    dead = submit(http, "fail")
    tab.until(lambda: views["jobs"].rows[dead]["state"] == "dead" and views["queues"].rows["default"]["dead"] == 1)
    assert views["jobs"].rows[dead]["text"] == "ValueError: on purpose"
    tab.until(lambda: [group["count"] for group in views["groups"].rows.values()] == [1])
    tab.until(lambda: "1 jobs died" in views["overview"].rows["troubles"]["value"][0]["text"])
    assert views["queues"].kinds.count("snap") == 1


def test_a_store_that_goes_away_is_told_and_when_it_is_back_the_rows_are_too(
    tab: LiveClient, http: httpx.Client, store: Any, gateway: Any
) -> None:
    submit(http, "nobody")
    view = tab.sub(1, "queues")
    tab.until(lambda: view.rows["default"]["pending"] == 1)
    store.stop()
    tab.until(lambda: view.trouble)
    assert view.trouble
    assert (view.trouble["code"], view.trouble["retry"]) == ("store_down", True)
    assert view.rows["default"]["pending"] == 1
    assert http.get("/health").status_code == 200
    store.start()
    tab.until(lambda: not view.trouble, 4)
    assert "Traceback" not in gateway.log


def test_a_socket_that_comes_back_goes_on_where_it_was(gateway: Any, http: httpx.Client) -> None:
    with LiveClient(gateway.port) as first:
        view = first.sub(1, "queues")
        first.until(lambda: view.kinds)
    for number in range(5):
        submit(http, "nobody", queue=f"q{number}")
    with LiveClient(gateway.port) as second:
        assert second.hello["epoch"] == first.hello["epoch"]
        again = second.sub(1, "queues", since=view.seq)
        again.key, again.rows = view.key, view.rows
        second.until(lambda: len(again.rows) == 5)


def test_payloads_that_nobody_can_read_are_rows_like_others(tab: LiveClient, store: Any, gateway: Any) -> None:
    with (
        Client(store.url, keys=KeyRing([("k1", base64.b64encode(bytes(32)).decode())])) as secret,
        Client(store.url) as plain,
    ):
        sealed = secret.enqueue("a", {"password": "x"}).id
        broken = plain.enqueue("a", msgspec.Raw(b"\xc1\xff\x00")).id
        large = plain.enqueue("a", {"n": 1, "text": "y" * 900_000}).id
    jobs = tab.sub(1, "jobs", {"state": "pending"})
    one = [tab.sub(number, "job", {"id": job}) for number, job in enumerate((sealed, broken, large), 2)]
    tab.until(lambda: len(jobs.rows) == 3 and all(view.rows for view in one))
    assert jobs.rows[sealed]["text"] == "<encrypted, key id k1>"
    assert jobs.rows[large]["text"].startswith('{"n": 1, "text": "yyyy')
    assert len(jobs.rows[large]["text"]) == 256
    assert one[0].rows[sealed]["data"] == "<encrypted, key id k1>"
    assert (one[2].rows[large]["cut"], len(one[2].rows[large]["data"])) == (["data"], 64 * 1024)
    assert "Traceback" not in gateway.log


def test_a_page_of_another_origin_is_not_let_in(gateway: Any) -> None:
    with LiveClient(gateway.port, origin="http://evil.example") as foreign:
        assert (foreign.hello, foreign.closed) == ({}, 4403)
    with LiveClient(gateway.port, origin=f"http://127.0.0.1:{gateway.port}") as own:
        assert own.hello["t"] == "hello"


def test_nonsense_is_cut_and_hurts_nobody(http: httpx.Client, gateway: Any) -> None:
    with LiveClient(gateway.port) as honest:
        view = honest.sub(1, "queues")
        for data in ("x" * 5000, "x" * 100_000, b"binary", "{", '{"t": "sub", "id": "x"}'):
            with LiveClient(gateway.port) as tab:
                tab.raw(data)
                assert tab.until_closed() == (1009 if len(data) > 65_536 else 1008)
        honest.until(lambda: view.kinds and honest.ticks)
    assert http.get("/health").status_code == 200
    assert "Traceback" not in gateway.log


def test_a_flood_of_frames_is_cut_while_others_are_served(gateway: Any, http: httpx.Client) -> None:
    codes: list[int] = []

    def flood() -> None:
        with LiveClient(gateway.port) as tab:
            with contextlib.suppress(ConnectionClosed):
                for _ in range(500):
                    tab.send(t="sub", id=1, topic="overview")
            codes.append(tab.until_closed())

    floods = [threading.Thread(target=flood) for _ in range(5)]
    with LiveClient(gateway.port) as honest:
        view = honest.sub(1, "queues")
        for thread in floods:
            thread.start()
        for _ in range(10):
            assert http.get("/health").status_code == 200
        for thread in floods:
            thread.join(20)
        honest.until(lambda: view.kinds and len(honest.ticks) > 1)
    assert codes == [1008] * 5
    assert "Traceback" not in gateway.log


def test_tabs_that_never_read_are_dropped_and_cost_little(house: Any, store: Any) -> None:
    gateway = house.start("-c", HURRIED)
    gateway.wait_until_up()
    with Client(store.url) as client:
        client.enqueue_many([("some-type", {"text": "x" * 300, "n": n}) for n in range(400)])
    before = psutil.Process(gateway.process.pid).memory_info().rss
    stalled = [_stalled(gateway.port) for _ in range(10)]
    ports = {one.getsockname()[1] for one in stalled}
    try:
        eventually(lambda: ports <= _clients(gateway), 5)
        eventually(lambda: not ports & _clients(gateway), 15)
        assert psutil.Process(gateway.process.pid).memory_info().rss - before < 30 << 20
        assert gateway.http.get("/health").status_code == 200
    finally:
        for one in stalled:
            one.close()
    assert "Traceback" not in gateway.log


def test_a_gateway_that_stops_says_so_to_its_tabs(gateway: Any) -> None:
    with LiveClient(gateway.port) as tab, LiveClient(gateway.port) as other:
        view = tab.sub(1, "overview")
        tab.until(lambda: view.kinds)
        began = time.monotonic()
        gateway.process.terminate()
        assert (tab.until_closed(), other.until_closed()) == (1012, 1012)
    assert gateway.ends() == 0
    assert time.monotonic() - began < 5
    assert "Traceback" not in gateway.log


def _stalled(port: int) -> socket.socket:
    """A tab that asks for much, and reads nothing but the first bytes."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", port))
    made.sendall(
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert made.recv(12).endswith(b"101")
    for number in range(1, 15):
        made.sendall(_masked(b'{"t":"sub","id":%d,"topic":"jobs","args":{"limit":%d}}' % (number, 200 - number)))
    return made


def _masked(payload: bytes) -> bytes:
    return bytes((0x81, 0x80 | len(payload))) + bytes(4) + payload


def _clients(gateway: Any) -> set[int]:
    """The ports of those who are connected to it."""
    found = psutil.Process(gateway.process.pid).net_connections("tcp")
    return {
        one.raddr.port for one in found if one.raddr and one.laddr.port == gateway.port and one.status == "ESTABLISHED"
    }
