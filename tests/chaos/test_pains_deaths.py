"""Pains of other supervisors that have to do with deaths and drains: why they do not exist here."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from engine import JobState
from tests.chaos.conftest import MakeHerd
from tests.support.architecture import ROOT
from tests.support.herd import STOPS_WITHIN, Herd
from tests.support.processes import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

WITHIN = 20.0


def test_pain_01_a_kill_timeout_shorter_than_the_jobs_is_refused_at_the_start() -> None:
    """There: a default of 1.6 s killed workers in the middle of their jobs. Here: no start with too short a drain."""
    herd = Herd(pool={"instances": 1, "drain_timeout": 1.6, "accept_short_drain": False})
    try:
        herd.start()
        assert herd._supervisor is not None
        assert herd._supervisor.wait(STOPS_WITHIN) == 2
        said = herd.tail()
        assert f"{herd.path}:" in said
        assert "pools[0].drain_timeout: 1.6 s is shorter than the 30 s that the task 'hold' may take" in said
        alone = [sys.executable, "-m", "worker", "-c", str(herd.path)]
        worker = subprocess.run(
            alone, cwd=ROOT, env=herd.environment(), capture_output=True, text=True, timeout=WITHIN, check=False
        )
        assert worker.returncode == 2
        assert "is shorter than" in worker.stderr
    finally:
        herd.close()


def test_pain_01_a_reload_to_a_drain_that_is_too_short_changes_nothing(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1})
    before = herd.worker_pids()
    herd.path.write_text(herd.path.read_text().replace("accept_short_drain: true", "drain_timeout: 1.6"))
    said = herd.command("apply", "--yes")
    assert said.returncode == 1
    assert "is shorter than" in said.stdout + said.stderr
    assert herd.worker_pids() == before
    assert herd.client.enqueue("nap", keep=600).result(timeout=WITHIN) == 0.0


def test_pain_17_a_stopped_worker_is_found_by_its_job_and_a_stalled_disk_kills_nobody(make_herd: MakeHerd) -> None:
    """There: heartbeats in files, so that a stalled disk killed the healthy. Here: no file stands in between."""
    herd = make_herd(pool={"instances": 1}, queues={"default": {"max_crashes": 1}})
    worker = herd.worker_pids()[0]
    open_files = [file.path for file in psutil.Process(worker).open_files() if file.path.startswith(str(herd.folder))]
    assert open_files == []  # it has no file of ours open: its beat is in shared memory, its output in a pipe
    job = herd.client.enqueue("spin")
    eventually(lambda: herd.starts.of(job.id), WITHIN, herd.tail)
    os.kill(worker, signal.SIGSTOP)  # it can neither beat nor answer, not even with its stacks
    dead = herd.client.wait([job.id], WITHIN)[job.id]
    assert dead.state is JobState.DEAD
    assert dead.error is not None
    assert dead.error.cause == "hard timeout"
    herd.ready()


def test_pain_18_counters_go_on_when_their_worker_is_gone_and_no_file_is_left(make_herd: MakeHerd) -> None:
    """There: one file a pid, stale and ever more of them. Here: fixed slots in shared memory, folded by nobody."""
    herd = make_herd(pool={"instances": 1})
    deaths = "herdsman_worker_deaths_total"
    assert herd.metric(deaths, pool="default", cause="signal") == 0  # exported before anything has happened
    for turn in range(1, 4):
        herd.client.wait([herd.client.enqueue("nap", keep=600).id], WITHIN)
        herd.kill(herd.worker_pids()[0])
        herd.ready()
        eventually(lambda turn=turn: herd.metric(deaths, pool="default", cause="signal") == turn, WITHIN)
        assert herd.metric("herdsman_jobs_total", type="nap", outcome="completed") == turn
    assert len([line for line in herd.get(herd.metrics_port, "/metrics").splitlines() if "pid=" in line]) == 0
