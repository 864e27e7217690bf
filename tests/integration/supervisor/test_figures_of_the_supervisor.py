"""What the supervisor itself costs, and what its metrics port stands."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

import psutil
import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process


def test_it_stays_small_idle_and_single_threaded_with_sixteen_workers(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(pool={"instances": 16}, gateway={"enabled": False}, start=False)
    herd.start()
    eventually(lambda: "all workers running (16)" in herd.tail(), 30, herd.tail)
    herd.get(herd.metrics_port, "/metrics")
    supervisor = psutil.Process(herd.pid)
    before = supervisor.cpu_times()
    started = time.monotonic()
    eventually(lambda: time.monotonic() - started > 5, 10)
    after = supervisor.cpu_times()
    used = after.user + after.system - before.user - before.system
    assert used / (time.monotonic() - started) < 0.01
    assert supervisor.memory_info().rss < 45 << 20
    assert supervisor.num_threads() == 1


def test_the_metrics_port_outlives_bad_slow_and_many_clients(herd: Herd) -> None:
    def talk(data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", herd.metrics_port), timeout=10) as connection:
            connection.sendall(data)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
            return answer

    assert talk(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert talk(b"\x16\x03\x01 nonsense\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert talk(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000).startswith(b"HTTP/1.1 4")

    def served() -> bool:
        with suppress(OSError):
            return "herdsman_store_up 1.0" in herd.get(herd.metrics_port, "/metrics")
        return False

    with ExitStack() as silent:
        for _ in range(40):
            silent.enter_context(socket.create_connection(("127.0.0.1", herd.metrics_port)))
        # More than are served at once; those that say nothing lose their place after five seconds.
        eventually(served, 10)


def test_ready_follows_the_workers_and_counters_outlive_them(herd: Herd) -> None:
    herd.client.enqueue("nap", {"seconds": 0}, keep=60).result(timeout=10)

    def completed() -> float:
        return herd.metric("herdsman_jobs_total", type="nap", outcome="completed")

    eventually(lambda: completed() == 1, 5)
    herd.command("stop")
    eventually(lambda: herd.status()["pools"][0]["workers"] == [], 10)
    with pytest.raises(OSError, match="503"):
        herd.get(herd.metrics_port, "/ready")
    assert completed() == 1
    herd.command("start")

    def ready() -> bool:
        with suppress(OSError):
            return "ready" in herd.get(herd.metrics_port, "/ready")
        return False

    eventually(ready, 10)
    assert completed() == 1
