"""`-d`: a start in the background that says how it went, and a pid file that cannot lie."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from supervisor.processes.pidfile import holder
from tests.integration.supervisor.conftest import MakeHerd
from tests.support import processes
from tests.support.architecture import ROOT
from tests.support.herd import Herd

pytestmark = pytest.mark.process


@pytest.fixture
def make(make_herd: MakeHerd) -> Iterator[Any]:
    """A herd whose supervisor goes into the background: ended by its own command."""
    made: list[Herd] = []

    def make(**wanted: Any) -> Herd:
        made.append(make_herd(start=False, **wanted))
        return made[-1]

    yield make
    for herd in made:
        herd.command("shutdown")
        assert herd.all_pids() == []


def pid_of(herd: Herd) -> int | None:
    return holder(herd.folder / "d/run/supervisor.pid")


def test_it_returns_when_all_workers_run_and_its_output_is_in_the_logs(make: Any) -> None:
    herd = make()
    said = herd.command("-d")
    assert (said.returncode, said.stdout) == (0, f"started, pid {pid_of(herd)}\n"), said.stderr
    status = herd.status()
    assert {worker["state"] for worker in status["pools"][0]["workers"]} == {"RUNNING"}
    assert os.getsid(status["pid"]) == status["pid"], "no terminal can hang it up"
    assert "herdsman starts" in (herd.folder / "d/logs/supervisor.log").read_text()
    again = herd.command("-d")
    assert again.returncode == 1
    assert f"already running as pid {status['pid']}" in again.stderr
    (herd.folder / "d/run/supervisor.pid").unlink()
    again = herd.command("-d")
    assert again.returncode == 1, "a supervisor beside it that no command reaches any more"
    assert f"already running as pid {status['pid']}" in again.stderr


def test_a_start_that_fails_says_why_and_leaves_nothing_running(make: Any) -> None:
    herd = make(pool={"tasks": ["hm_missing"]})
    said = herd.command("-d")
    assert said.returncode == 1
    assert "pool default cannot start: tasks: there is no module 'hm_missing'" in said.stderr
    assert herd.all_pids() == []
    assert pid_of(herd) is None


def test_who_does_not_wait_has_a_herd_that_goes_on_without_the_one_that_cannot(make: Any) -> None:
    herd = make(pool={"instances": 1}, programs=[{"name": "typo", "command": "/no/such/command"}])
    (herd.folder / "d/run/control.sock").mkdir(parents=True)
    refused = herd.command("-d")
    assert refused.returncode == 1
    assert "control.sock cannot be listened at" in refused.stderr
    assert "Traceback" not in refused.stderr
    (herd.folder / "d/run/control.sock").rmdir()
    assert herd.command("-d", "--wait", "0").returncode == 0
    herd.ready()
    assert herd.status()["programs"][0]["state"] == "FATAL"


def test_a_start_that_takes_too_long_is_taken_back(make: Any) -> None:
    herd = make(files={"hm_slow.py": "import time\ntime.sleep(600)\n"}, pool={"tasks": ["hm_slow"]})
    said = herd.command("-d", "--wait", "500ms")
    assert said.returncode == 1
    assert "not all workers ran within 0.5 s" in said.stderr
    assert herd.all_pids() == []


def test_a_wrong_config_and_a_wrong_line_are_status_2(make: Any) -> None:
    herd = make()
    herd.path.write_text("pools: [{name: x}]\n")
    assert (herd.command("-d").returncode, herd.command("-d", "status").returncode) == (2, 2)
    herd.path.write_text(f"data_dir: {herd.folder}/d\n")


def test_of_many_starts_at_once_exactly_one_succeeds(make: Any) -> None:
    herd = make()
    with ThreadPoolExecutor(3) as together:
        said = list(together.map(lambda _: herd.command("-d"), range(3)))
    assert sorted(one.returncode for one in said) == [0, 1, 1], [one.stderr for one in said]
    assert all("already running" in one.stderr for one in said if one.returncode)
    assert len(herd.pids("supervisor")) == 1


def test_a_pid_file_of_the_dead_or_of_a_stranger_means_nothing(make: Any) -> None:
    herd = make()
    run = herd.folder / "d/run"
    run.mkdir(parents=True)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], cwd=ROOT)
    try:
        (run / "supervisor.pid").write_text(f"{stranger.pid}\n")
        assert herd.command("status").returncode == 3
        assert herd.command("shutdown").returncode == 3
        assert herd.command("-d").returncode == 0
        os.kill(pid_of(herd) or 0, signal.SIGKILL)
        processes.eventually(lambda: pid_of(herd) is None, 5)
        assert herd.command("status").returncode == 3
        assert herd.command("-d").returncode == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
