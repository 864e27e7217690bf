"""How others are served while clients misbehave: `python -m bench.hostile [--seconds N]`.

One client asks `/health` steadily on a connection of its own, and each kind of misbehaviour goes on beside it.
"""

import argparse
import contextlib
import http.client
import random
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from bench.gateway import announce
from bench.herd import store
from bench.machine import describe
from bench.web import Gateway, gateway

HEAD = b"POST /tasks/batch HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
Address = tuple[str, int]
Misbehaviour = Callable[[Address, threading.Event], None]


def again(once: Callable[[socket.socket], None]) -> Misbehaviour:
    """The same on connection after connection."""

    def misbehave(address: Address, stop: threading.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError), socket.create_connection(address, timeout=5) as connection:
                once(connection)

    return misbehave


def held(count: int, sent: bytes) -> Misbehaviour:
    """Many connections that say this much and then a byte now and then."""

    def misbehave(address: Address, stop: threading.Event) -> None:
        connections = []
        for _ in range(count):
            with contextlib.suppress(OSError):
                connections.append(socket.create_connection(address, timeout=5))
                connections[-1].sendall(sent)
        while not stop.wait(0.5):
            for one in connections[:200]:
                with contextlib.suppress(OSError):
                    one.sendall(b"x")
        for one in connections:
            one.close()

    return misbehave


def body(raw: bytes) -> Callable[[socket.socket], None]:
    """One request with this body, and its answer."""

    def send(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"content-length: %d\r\n\r\n" % len(raw) + raw)
        connection.recv(65536)

    return send


def hundred_megabytes(connection: socket.socket) -> None:
    """Chunks without a length."""
    connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    for _ in range(1600):
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def pipelined(connection: socket.socket) -> None:
    """Hundreds of requests at once, and none of the answers is read."""
    connection.sendall(b"GET /tasks/1-1-1 HTTP/1.1\r\nhost: localhost\r\n\r\n" * 300)
    connection.shutdown(socket.SHUT_WR)


BATCH = b'{"tasks":[' + b",".join([b'{"type":"noop","data":{"a":[1,2,3]}}'] * 1000) + b"]}"
KINDS: dict[str, Misbehaviour] = {
    "nothing": lambda _, stop: stop.wait() and None,
    "bodies of 100 MB": again(hundred_megabytes),
    "JSON nested 10,000 deep": again(body(b'{"tasks":' + b"[" * 10_000 + b"]" * 10_000 + b"}")),
    "1 MB of brackets": again(body(b'{"tasks":[' + b"[]," * 300_000 + b"1]}")),
    "bytes that are no UTF-8": again(body(b"\xff\xfe" * 5000)),
    "batches of 1,000 that are wrong": again(body(BATCH.replace(b"noop", b"nope"))),
    "pipelines that are half closed": again(pipelined),
    "1,000 slow heads": held(1000, b"GET /health HTTP/1.1\r\nx"),
    "1,000 slow bodies": held(1000, HEAD + b"content-length: 1000\r\n\r\n{"),
    "3,000 idle connections": held(3000, b""),
}


def asked(address: Address, seconds: float) -> list[float]:
    """Milliseconds that `/health` took, asked every 5 ms."""
    times = []
    until = time.monotonic() + seconds
    connection = http.client.HTTPConnection(*address, timeout=30)
    while time.monotonic() < until:
        began = time.perf_counter()
        connection.request("GET", "/health")
        assert connection.getresponse().read()
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.005)
    return sorted(times)


def measure(of: Gateway, what: str, seconds: float) -> None:
    """One line of the table."""
    parts = urlsplit(of.url)
    address = (parts.hostname or "", parts.port or 0)
    stop = threading.Event()
    bad = threading.Thread(target=KINDS[what], args=(address, stop))
    bad.start()
    time.sleep(0.3 + random.random() / 10)
    times = asked(address, seconds)
    stop.set()
    bad.join()
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"{what:36} {len(times):6} asked   p50 {p50:6.2f} ms   p99 {p99:7.2f} ms   max {times[-1]:8.1f} ms")


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="for each line")
    options = parser.parse_args()
    print(describe())
    with store() as url, gateway(url) as of:
        announce(url)
        for what in KINDS:
            measure(of, what, options.seconds)


if __name__ == "__main__":
    main()
