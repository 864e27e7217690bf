"""Pains of other supervisors that come from how they are run: unwatched processes, wedged control, PID 1, secrets."""

import os
import signal
import socket
import stat
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from supervisor.outside.control import MOST_AT_ONCE
from tests.chaos.conftest import MakeHerd
from tests.support import processes
from tests.support.contained import Contained
from tests.support.processes import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", deaf])
print("its child:", child.pid, flush=True)
time.sleep(600)
"""


def _pids_told(path: Path) -> list[int]:
    return [int(line.split()[-1]) for line in path.read_text().splitlines() if "its child:" in line]


def test_pain_02_programs_that_ignore_term_and_their_children_end_with_a_killed_supervisor(make_herd: MakeHerd) -> None:
    deaf = {"name": "deaf", "command": [sys.executable, "-c", DEAF], "stop_timeout": "500ms"}
    herd = make_herd(programs=[deaf])
    log = herd.folder / "d/logs/deaf.log"
    children = eventually(lambda: log.exists() and _pids_told(log), 10, herd.tail)
    program = herd.status()["programs"][0]["pid"]
    eventually(lambda: any("watchman" in seen.command for seen in processes.left_behind()), 10, "the guardian")
    herd.kill(herd.pid)
    processes.gone([program, *children], 15)
    outlive = {herd.pid_of("janitor"), herd.pid_of("store")}
    eventually(lambda: set(herd.all_pids()) == outlive, 15, "all others left, too")


def test_pain_02_a_guardian_that_was_killed_is_replaced_and_knows_them_all(make_herd: MakeHerd) -> None:
    deaf = {"name": "deaf", "command": [sys.executable, "-c", DEAF], "stop_timeout": "300ms"}
    herd = make_herd(programs=[deaf])
    log = herd.folder / "d/logs/deaf.log"
    children = eventually(lambda: log.exists() and _pids_told(log), 10, herd.tail)

    def guardian() -> int:
        found = [seen.pid for seen in processes.left_behind() if "watchman" in seen.command]
        return found[0] if len(found) == 1 else 0

    first = eventually(guardian, 10)
    herd.kill(first)
    eventually(lambda: guardian() not in (0, first), 10, herd.tail)
    # It is told of all that live as soon as it stands: the socket keeps the messages until it reads them.
    herd.kill(herd.pid)
    processes.gone(children, 15)


def test_pain_02_a_second_start_beside_workers_that_still_finish_runs_no_job_twice(make_herd: MakeHerd) -> None:
    herd = make_herd()
    handle = herd.client.enqueue("nap", {"seconds": 3}, keep=600)
    eventually(herd.starts.counts, 5, "the job has started")
    old = set(herd.worker_pids())
    herd.kill(herd.pid)
    herd.start()
    eventually(lambda: len(set(herd.worker_pids()) - old) == 2, 15, herd.tail)
    told = [(info.incarnation, info.pid) for info in herd.client.workers()]
    assert len({incarnation for incarnation, _ in told}) == len({pid for _, pid in told}) == len(told)
    assert handle.result(timeout=15) == 3
    assert herd.starts.counts() == {handle.id: 1}
    processes.gone(old, 10)


def test_pain_02_no_verb_starts_a_second_supervisor(make_herd: MakeHerd) -> None:
    herd = make_herd()
    second = herd.command("-d")
    assert (second.returncode, f"already running as pid {herd.pid}" in second.stderr) == (1, True), second.stderr
    assert herd.stop() == 0
    for verb in ("status", "scale default 3", "restart", "stop", "start", "shutdown"):
        assert herd.command(*verb.split()).returncode == 3, verb
    assert herd.all_pids() == []


def test_pain_16_status_answers_while_clients_misbehave_and_a_pool_cannot_roll(make_herd: MakeHerd) -> None:
    herd = make_herd()
    herd.client.enqueue("nap", {"seconds": 5})
    eventually(herd.starts.counts, 5, "the job has started")
    assert herd.command("restart").returncode == 0  # one worker cannot be replaced for five seconds
    path = str(herd.folder / "d/run/control.sock")
    clients = [_client(path) for _ in range(3 * MOST_AT_ONCE)]
    for number, client in enumerate(clients):
        try:
            if number % 3 == 0:
                client.sendall(b'{"verb": "sta')  # and no more
            elif number % 3 == 1:
                client.sendall(os.urandom(200) + b"\n" + b"\0" * 200_000)
            else:
                client.sendall(b'{"verb": "status"}\n')  # the answer is not read
                client.shutdown(socket.SHUT_WR)
        except OSError:
            continue  # sent away
    for _ in range(5):
        began = time.monotonic()
        assert herd.status()["state"] == "running"
        assert time.monotonic() - began < 10
    for client in clients:
        client.close()


def test_pain_18_monitoring_needs_no_right_to_change_anything(make_herd: MakeHerd) -> None:
    herd = make_herd()
    said = herd.command("status", "--json", "--socket", str(herd.folder / "d/run/status.sock"))
    assert said.returncode == 0, said.stderr
    with _client(str(herd.folder / "d/run/status.sock")) as client:
        client.sendall(b'{"verb": "shutdown"}\n')
        assert b"unknown verb" in client.recv(65536)
    assert herd.status()["state"] == "running"


def test_pain_19_in_a_container_it_is_a_good_first_process(make_herd: MakeHerd) -> None:
    orphan = ["sh", "-c", "setsid sh -c 'sleep 0.2; exit 7' & exit 0"]
    herd = make_herd(start=False, programs=[{"name": "careless", "command": orphan, "restart": "never"}])
    contained = Contained(herd).ready()
    handle = herd.client.enqueue("nap", {"seconds": 1}, keep=60)
    eventually(herd.starts.counts, 10, herd.tail)

    def zombies() -> list[psutil.Process]:
        return [child for child in contained.children() if child.status() == psutil.STATUS_ZOMBIE]

    eventually(lambda: not zombies(), 10, zombies)
    assert contained.end(signal.SIGTERM) == 0, herd.tail()
    assert (herd.all_pids(), herd.starts.counts()) == ([], {handle.id: 1})


def test_pain_20_secrets_of_the_config_and_the_environment_are_in_no_answer(make_herd: MakeHerd) -> None:
    secret = "hunter2-very-secret"
    pool = {"env": {"API_KEY": secret}}
    program = {"name": "quiet", "command": "sleep 600", "env": {"TOKEN": secret}}
    herd = make_herd(pool=pool, programs=[program])
    run = herd.folder / "d/run"
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    for name in ("control.sock", "status.sock"):
        assert stat.S_IMODE((run / name).stat().st_mode) == 0o600
    for verb in (["status", "--json"], ["status"], ["check"], ["startup"], ["logs"]):
        said = herd.command(*verb)
        assert said.returncode == 0, (verb, said.stderr)
        assert secret not in said.stdout + said.stderr, verb
    assert secret not in herd.tail()
    assert secret in yaml.safe_load(herd.path.read_text())["pools"][0]["env"]["API_KEY"]


def _client(path: str) -> socket.socket:
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(5)
    client.connect(path)
    return client
