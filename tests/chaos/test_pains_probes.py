"""Pains of other supervisors that probes and essential programs take away, one test each."""

import signal
import sys
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from tests.support.herd import Herd
from tests.support.ports import free_port
from tests.support.processes import eventually, gone

pytestmark = pytest.mark.process

MakeHerd = Callable[..., Herd]

SERVES = "import http.server, sys; http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]))"


def program(herd: Herd, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in herd.status()["programs"] if one["name"] == name)
    return found


def healthy(herd: Herd, name: str) -> dict[str, Any]:
    """The program of that name, once its probe says that it works."""

    def there() -> dict[str, Any] | None:
        now = program(herd, name)
        return now if now["health"] == "healthy" else None

    found = eventually(there, 20, herd.tail)
    assert found is not None
    return found


def web(**health: Any) -> dict[str, Any]:
    port = free_port()
    asked = {"http": f"http://127.0.0.1:{port}/", "interval": "200ms", "timeout": "1s", "failures": 2, **health}
    return {"name": "web", "command": [sys.executable, "-c", SERVES, str(port)], "stop_timeout": "1s", "health": asked}


def test_pain_17_a_hung_program_is_found_by_its_probe_and_followed(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1}, programs=[web()])
    before = healthy(herd, "web.0")
    psutil.Process(before["pid"]).send_signal(signal.SIGSTOP)  # it lives, holds its port, and does nothing
    gone([before["pid"]], 20)
    after = healthy(herd, "web.0")
    assert after["pid"] != before["pid"]
    assert after["probe_restarts"] >= 1


def test_pain_17_a_stalled_logger_gets_no_healthy_program_killed(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1}, programs=[web()])
    before = healthy(herd, "web.0")
    logger = psutil.Process(herd.pid_of("logger"))
    port = int(psutil.Process(before["pid"]).cmdline()[-1])
    logger.send_signal(signal.SIGSTOP)
    try:
        for _ in range(10):  # each answer is a line of output that nobody reads
            herd.get(port, "/")
        after = healthy(herd, "web.0")
    finally:
        logger.send_signal(signal.SIGCONT)
    assert (after["pid"], after["probe_restarts"]) == (before["pid"], 0)


def test_pain_19_a_container_ends_when_its_work_is_dead_and_says_how(make_herd: MakeHerd) -> None:
    essential = {"name": "main", "command": "sleep 1000", "restart": "never", "essential": True}
    beside = {
        "name": "beside",
        "command": ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"],
        "stop_timeout": "1s",
    }
    herd = make_herd(pool={"instances": 1}, programs=[essential, beside])
    everybody = [pid for pid in herd.all_pids() if pid != herd.pid]
    herd.kill(program(herd, "main.0")["pid"])  # as the kernel does when memory is short
    assert herd._supervisor is not None
    assert herd._supervisor.wait(40) == 128 + signal.SIGKILL
    gone(everybody, 10)


def test_pain_19_a_signal_to_the_main_process_reaches_the_work(make_herd: MakeHerd) -> None:
    heard = {"name": "main", "command": ["sh", "-c", "trap 'echo heard it; exit 0' TERM; while :; do sleep 0.1; done"],
             "essential": True}  # fmt: skip
    herd = make_herd(pool={"instances": 1}, programs=[heard])
    assert herd.stop() == 0
    assert "main.0 | heard it" in herd.tail()
