"""Modules that leave threads and connections behind, and functions at a worker's start and end, in a real herd."""

import pytest

from tests.integration.supervisor.conftest import MakeHerd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

GUILTY = """
import socket, threading, time
from worker import task

server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=time.sleep, args=(600,), name="poller", daemon=True).start()

@task("x")
def x() -> int:
    return 1
"""

HOOKED = """
import os
from worker import on_start, on_stop, task

seen = []
forked_in = os.getpid()

@on_start
def connect():
    seen.append(("start", os.getpid() != forked_in))

@on_stop
def disconnect():
    print("disconnected", seen, flush=True)

@task("seen")
def what() -> list:
    return seen
"""


def test_what_imports_leave_behind_is_named_and_the_workers_run(make_herd: MakeHerd) -> None:
    herd = make_herd(files={"hm_guilty.py": GUILTY}, pool={"tasks": ["hm_guilty"]})
    log = (herd.folder / "d/logs/default.log").read_text()
    assert "thread 'poller' (runs time.sleep), left by importing hm_guilty" in log
    assert "a socket that listens at 127.0.0.1:" in log


def test_refuse_keeps_the_generation_from_starting_and_says_why(make_herd: MakeHerd) -> None:
    herd = make_herd(start=False, files={"hm_guilty.py": GUILTY}, pool={"tasks": ["hm_guilty"], "preflight": "refuse"})
    said = herd.command("-d")
    assert said.returncode == 1
    assert "pool default cannot start: preflight: refuse" in said.stderr
    assert "thread 'poller'" in said.stderr
    assert herd.all_pids() == []


def test_functions_at_start_and_end_run_in_the_worker_itself(make_herd: MakeHerd) -> None:
    herd = make_herd(files={"hm_hooked.py": HOOKED}, pool={"tasks": ["hm_hooked"], "instances": 1})
    assert herd.client.enqueue("seen", keep=60).result(timeout=10) == [["start", True]]
    assert herd.stop() == 0
    log = herd.folder / "d/logs/default.log"
    eventually(lambda: "disconnected [('start', True)]" in log.read_text(), 5, herd.tail)
