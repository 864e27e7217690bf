"""Rollouts: a canary first, then one after the other; back to the old generation when the new one is worse."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.architecture import ROOT
from tests.support.background import Background
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

GOOD = "from worker import task\n@task('version')\ndef version() -> int:\n    return {}\n"
RAISES = (
    "from worker import task\nclass Newly(Exception): pass\n"
    "@task('version', retries=0)\ndef version() -> int:\n    raise Newly('as of late')\n"
)
DIES = "import os\nfrom worker import task\n@task('version')\ndef version() -> int:\n    os._exit(11)\n"
QUICK = {"canary_jobs": 3, "canary_time": "300ms"}
MakeHerd = Callable[..., Herd]


def versions(make_herd: MakeHerd, **pool: Any) -> Herd:
    return make_herd(pool={"tasks": ["my_versions"], "reload": QUICK, **pool}, files={"my_versions.py": GOOD.format(1)})


def answer(herd: Herd) -> Any:
    return herd.client.enqueue("version", keep=60).result(timeout=10)


class Watcher(Background):
    """Looks at a pool all the time: the fewest that ran, and the most that lived."""

    def __init__(self, herd: Herd) -> None:
        super().__init__()
        self.fewest, self.most = 10**6, 0
        self._herd = herd

    def run(self) -> None:
        while not self.over.is_set():
            now = self._herd.pool()
            self.fewest = min(self.fewest, now["running"])
            self.most = max(self.most, sum(worker["pid"] is not None for worker in now["workers"]))


class Jobs(Background):
    """Enqueues one job after the other while it is open; nobody waits for one before the next."""

    def __init__(self, herd: Herd, type: str = "version") -> None:
        super().__init__()
        self.handles: list[Any] = []
        self._herd, self._type = herd, type

    def run(self) -> None:
        while not self.over.wait(0.01):
            self.handles.append(self._herd.client.enqueue(self._type, keep=60))


def test_a_reload_brings_new_code_and_says_how_far_it_is(make_herd: MakeHerd) -> None:
    herd = versions(make_herd)
    (herd.folder / "my_versions.py").write_text(GOOD.format(2.5))
    said = herd.command("reload", "default")
    assert said.returncode == 0, said.stderr
    for phase in ("booting", "canary", "done"):  # rolling may be over before anybody looks
        assert f"rollout 1: {phase}" in said.stderr, said.stderr
    assert answer(herd) == 2.5
    assert herd.pool()["rollout"]["phase"] == "done"


def test_a_pool_of_one_is_never_empty_while_it_is_reloaded_or_restarted(make_herd: MakeHerd) -> None:
    herd = versions(make_herd, instances=1)
    with Watcher(herd) as watcher:
        assert herd.command("reload").returncode == 0
        assert herd.command("restart").returncode == 0
    assert (watcher.fewest, watcher.most) == (1, 2)
    assert [worker["name"] for worker in herd.pool()["workers"]] == ["default.0"]


def test_without_surge_one_leaves_before_the_next_comes(make_herd: MakeHerd) -> None:
    herd = versions(make_herd, instances=2, reload={**QUICK, "max_surge": 0, "max_unavailable": 1})
    with Watcher(herd) as watcher:
        assert herd.command("reload").returncode == 0
    assert (watcher.fewest, watcher.most) == (1, 2)


def test_a_reload_to_code_that_cannot_be_imported_is_rolled_back_and_jobs_go_on(make_herd: MakeHerd) -> None:
    herd = versions(make_herd)
    before = [worker["pid"] for worker in herd.pool()["workers"]]
    (herd.folder / "my_versions.py").write_text("import no_such_module_anywhere\n")
    with Jobs(herd) as jobs, Watcher(herd) as watcher:
        said = herd.command("reload")
    assert said.returncode == 1
    assert "rolled back" in said.stderr
    assert "no_such_module_anywhere" in said.stderr
    assert {handle.result(timeout=10) for handle in jobs.handles} == {1}
    assert watcher.fewest == 2
    assert [worker["pid"] for worker in herd.pool()["workers"]] == before
    assert "no_such_module_anywhere" in herd.pool()["error"]


@pytest.mark.parametrize(("code", "kind"), [(RAISES, "version: my_versions.Newly"), (DIES, "version: exit 11")])
def test_a_canary_that_fails_in_a_new_way_is_rolled_back_and_the_old_ones_never_stop(
    make_herd: MakeHerd, code: str, kind: str
) -> None:
    herd = versions(make_herd, reload={**QUICK, "canary_time": "20s"})
    before = {worker["pid"] for worker in herd.pool()["workers"]}
    (herd.folder / "my_versions.py").write_text(code)
    with Jobs(herd) as jobs, Watcher(herd) as watcher:
        said = herd.command("reload")
    assert said.returncode == 1, said.stdout
    assert kind in said.stderr
    assert watcher.fewest >= 2
    eventually(lambda: {worker["pid"] for worker in herd.pool()["workers"]} == before, 10, herd.pool)
    assert len(jobs.handles) > 5
    assert answer(herd) == 1
    assert herd.pool()["generation"] == 1


def test_kinds_of_failure_that_are_not_new_stop_nothing(make_herd: MakeHerd) -> None:
    herd = make_herd(
        pool={"tasks": ["my_versions"], "reload": {**QUICK, "canary_time": "20s"}}, files={"my_versions.py": RAISES}
    )
    herd.client.wait([herd.client.enqueue("version", keep=60).id], 10)
    with Jobs(herd):
        said = herd.command("reload")
    assert said.returncode == 0, said.stderr


def test_reloads_that_overlap_come_one_after_the_other(make_herd: MakeHerd) -> None:
    herd = versions(make_herd)
    command = [sys.executable, "-m", "supervisor", "-c", str(herd.path), "reload"]
    reloads = [
        subprocess.Popen(command, cwd=ROOT, env=herd.environment(), stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    said = [each.communicate(timeout=30)[0] for each in reloads]
    assert [each.returncode for each in reloads] == [0] * 4, said
    now = herd.pool()
    assert 2 <= now["rollout"]["id"] <= 3  # the first, one that took in what came meanwhile, or one more
    assert now["generation"] == now["rollout"]["id"] + 1
    assert {worker["generation"] for worker in now["workers"]} == {now["generation"]}
    assert len(herd.pids("worker")) == 2


def test_a_worker_that_has_served_long_enough_goes_on_until_its_successor_runs(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 2, "max_jobs": 20})
    with Watcher(herd) as watcher:
        ids = [herd.client.enqueue("nap", {"seconds": 0.005}, keep=60).id for _ in range(150)]
        ended = herd.client.wait(ids, 20)
        eventually(lambda: herd.pool()["recycles"].get("jobs", 0) >= 2, 10, lambda: json.dumps(herd.pool()))
    assert {(str(job.state), job.attempts, job.crashes) for job in ended.values()} == {("completed", 1, 0)}
    assert herd.starts.repeated() == set()
    assert watcher.fewest == 2
    assert watcher.most <= 3
    ends = [worker["last_end"] for worker in herd.pool()["workers"] if worker["last_end"]]
    assert {(end["cause"], end["reason"]) for end in ends} == {("recycled", "jobs")}


def test_a_worker_that_is_old_enough_is_replaced(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 2, "max_age": "1s"})
    with Watcher(herd) as watcher:
        eventually(lambda: herd.pool()["recycles"].get("age", 0) >= 2, 15, lambda: json.dumps(herd.pool()))
    assert watcher.fewest == 2


def test_fewer_workers_are_wanted_and_the_idle_ones_leave(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 4})
    handles = [herd.client.enqueue("nap", {"seconds": 2}, keep=60) for _ in range(2)]

    def busy() -> set[int]:
        return {worker["pid"] for worker in herd.pool()["workers"] if worker["activity"] == "busy"}

    eventually(lambda: len(busy()) == 2, 5)
    at_work = busy()
    herd.command("scale", "default", "2")
    eventually(lambda: len(herd.pool()["workers"]) == 2, 5)
    assert {worker["pid"] for worker in herd.pool()["workers"]} == at_work
    assert [handle.result(timeout=10) for handle in handles] == [2, 2]
    herd.command("scale", "default", "4")
    eventually(lambda: herd.pool()["running"] == 4, 5)
    assert at_work < {worker["pid"] for worker in herd.pool()["workers"]}
    assert sorted(worker["name"] for worker in herd.pool()["workers"]) == [f"default.{index}" for index in range(4)]


def test_a_stop_in_the_middle_of_a_reload_ends_it(make_herd: MakeHerd) -> None:
    herd = versions(make_herd, reload={"canary_time": "60s"})
    command = [sys.executable, "-m", "supervisor", "-c", str(herd.path), "reload"]
    reload = subprocess.Popen(command, cwd=ROOT, env=herd.environment(), stderr=subprocess.PIPE, text=True)
    eventually(lambda: (herd.pool()["rollout"] or {}).get("phase") == "canary", 10, herd.pool)
    herd.command("stop", "default")
    _, said = reload.communicate(timeout=20)
    assert reload.returncode == 1
    assert "stopped" in said
    eventually(lambda: not herd.pool()["workers"], 10)
    herd.command("start", "default")
    herd.ready()
    assert answer(herd) == 1


def test_a_zygote_that_is_killed_in_the_middle_of_its_canary_ends_the_reload_and_no_worker_is_left_over(
    make_herd: MakeHerd,
) -> None:
    herd = versions(make_herd, reload={"canary_time": "60s"})
    zygote = herd.pool()["zygote_pid"]
    said = herd.command("reload", "--no-wait")
    assert said.returncode == 0
    eventually(lambda: len(herd.pool()["workers"]) == 3 and herd.pool()["running"] == 3, 10, herd.pool)
    new = next(pid for pid in herd.pids("zygote") if pid != zygote)
    os.kill(new, signal.SIGKILL)
    eventually(lambda: herd.pool()["rollout"]["phase"] == "rolled back", 10, herd.pool)
    eventually(lambda: len(herd.pool()["workers"]) == 2, 10, herd.pool)
    assert herd.pool()["zygote_pid"] == zygote
    assert answer(herd) == 1
