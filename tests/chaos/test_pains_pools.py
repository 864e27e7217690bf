"""Pains of other supervisors (pools and reloads), each with the test that would fail if it were ours, too."""

import subprocess
import sys
from typing import Any

import pytest

from tests.chaos.conftest import MakeHerd
from tests.support.architecture import ROOT
from tests.support.processes import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]


def test_pain_03_overlapping_reloads_leave_no_worker_behind(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 3, "reload": {"canary_time": "200ms"}})
    command = [sys.executable, "-m", "supervisor", "-c", str(herd.path)]
    verbs = ["reload", "restart", "reload", "reload"]
    runs = [subprocess.Popen([*command, verb], cwd=ROOT, env=herd.environment()) for verb in verbs]
    assert [run.wait(60) for run in runs] == [0] * len(verbs)
    now = herd.pool()
    assert {worker["generation"] for worker in now["workers"]} == {now["generation"]}
    assert set(herd.pids("worker")) == {worker["pid"] for worker in now["workers"]}
    assert len(now["workers"]) == 3
    assert herd.pids("zygote") == [now["zygote_pid"]] or eventually(
        lambda: herd.pids("zygote") == [now["zygote_pid"]], 10
    )


def test_pain_10_a_restart_replaces_one_after_the_other_and_never_stops_all(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 3})
    before = {worker["pid"] for worker in herd.pool()["workers"]}
    run = subprocess.Popen(
        [sys.executable, "-m", "supervisor", "-c", str(herd.path), "restart"], cwd=ROOT, env=herd.environment()
    )
    seen = []
    while run.poll() is None:
        seen.append(herd.pool())
    assert run.returncode == 0
    assert min(now["running"] for now in seen) >= 3
    assert max(len(now["workers"]) for now in seen) <= 4
    assert before.isdisjoint(worker["pid"] for worker in herd.pool()["workers"])


def test_pain_11_another_count_restarts_nobody(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 2})
    before = {worker["pid"] for worker in herd.pool()["workers"]}
    herd.command("scale", "default", "5")
    eventually(lambda: herd.pool()["running"] == 5, 10, herd.pool)
    assert before < {worker["pid"] for worker in herd.pool()["workers"]}
    herd.command("scale", "default", "1")
    eventually(lambda: len(herd.pool()["workers"]) == 1, 10, herd.pool)
    assert sum(herd.pool()["recycles"].values()) == 0


def test_pain_12_a_bad_deploy_is_refused_by_the_canary_and_the_command_says_so(
    make_herd: MakeHerd, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    module = tmp_path / "my_deploy.py"
    module.write_text("from worker import task\n@task('turn')\ndef turn(): return 1\n")
    herd = make_herd(pool={"tasks": ["my_deploy"], "reload": {"canary_time": "30s", "canary_jobs": 50}})
    before = [worker["pid"] for worker in herd.pool()["workers"]]
    module.write_text("import os\nfrom worker import task\n@task('turn')\ndef turn(): os._exit(9)\n")
    command = [sys.executable, "-m", "supervisor", "-c", str(herd.path), "reload"]
    run = subprocess.Popen(command, cwd=ROOT, env=herd.environment(), stderr=subprocess.PIPE, text=True)
    handles = []
    while run.poll() is None:
        handles.append(herd.client.enqueue("turn", keep=60))
        assert herd.pool()["running"] >= 2
    _, said = run.communicate()
    assert run.returncode == 1
    assert "turn: exit 9" in said
    assert {handle.result(timeout=20) for handle in handles} == {1}
    eventually(lambda: [worker["pid"] for worker in herd.pool()["workers"]] == before, 10, herd.pool)


def test_pain_14_recycles_never_coincide(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 4, "max_jobs": 10, "max_age": "2s"})
    ids, fewest, most = list[str](), 10**6, 0

    def recycled() -> bool:
        nonlocal fewest, most
        ids.extend(herd.client.enqueue("nap", {"seconds": 0.002}, keep=60).id for _ in range(4))
        now = herd.pool()
        fewest, most = min(fewest, now["running"]), max(most, len(now["workers"]))
        return sum(now["recycles"].values()) >= 8

    eventually(recycled, 40, herd.pool)
    assert fewest == 4
    assert most <= 5
    ended = herd.client.wait(ids, 20)
    assert {(str(job.state), job.attempts, job.crashes) for job in ended.values()} == {("completed", 1, 0)}
