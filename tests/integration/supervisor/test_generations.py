"""New code: a generation that cannot start changes nothing for the one that runs."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.herd import Herd
from tests.support.processes import alive, eventually

pytestmark = pytest.mark.process

GOOD = "from worker import task\n@task('version')\ndef version() -> int:\n    return {}\n"
BAD = "import no_such_module_anywhere\n"


def answer(herd: Herd) -> Any:
    return herd.client.enqueue("version", keep=60).result(timeout=10)


def test_a_restart_brings_new_code_and_broken_code_leaves_the_old_at_work(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(pool={"tasks": ["my_versions"]}, files={"my_versions.py": GOOD.format(1)})
    module = herd.folder / "my_versions.py"
    assert answer(herd) == 1

    module.write_text(BAD)
    herd.command("restart")
    eventually(lambda: "no_such_module_anywhere" in herd.pool()["error"], 10, herd.tail)
    assert herd.pool()["running"] == 2
    assert herd.pool()["generation"] == 1
    assert answer(herd) == 1

    module.write_text(GOOD.format(200))
    herd.command("restart")
    eventually(lambda: herd.pool()["generation"] == 3 and not herd.pool()["rolling"], 15, herd.tail)
    assert answer(herd) == 200
    assert herd.pool()["error"] == ""


def test_a_pool_that_cannot_start_says_why_and_comes_up_when_it_is_mended(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(start=False, pool={"tasks": ["my_versions"]}, files={"my_versions.py": BAD})
    herd.start()

    def failed() -> bool:
        said = herd.command("status")
        return said.returncode == 0 and "no_such_module_anywhere" in said.stdout

    eventually(failed, 15, herd.tail)
    (herd.folder / "my_versions.py").write_text(GOOD.format(3))
    herd.command("restart")
    herd.ready()
    assert answer(herd) == 3


def test_a_roll_loses_no_job_and_charges_none(herd: Herd) -> None:
    handles = [herd.client.enqueue("nap", {"seconds": 0.01}, keep=60) for _ in range(150)]
    herd.command("restart")
    ended = herd.client.wait([handle.id for handle in handles], 20)
    assert len(ended) == 150
    assert {(str(job.state), job.attempts, job.crashes) for job in ended.values()} == {("completed", 1, 0)}
    assert herd.starts.repeated() == set()


def test_a_zygote_that_hangs_is_replaced_and_its_workers_go_on(herd: Herd) -> None:
    before = herd.pool()
    stuck, (victim, other) = before["zygote_pid"], [worker["pid"] for worker in before["workers"]]
    os.kill(stuck, signal.SIGSTOP)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: herd.pool()["running"] == 2 and herd.pool()["zygote_pid"] not in (stuck, None), 20, herd.tail)
    assert other in [worker["pid"] for worker in herd.pool()["workers"]]
    assert not alive(stuck)


def test_a_worker_whose_zygote_and_keeper_are_both_gone_is_replaced_after_its_job(herd: Herd) -> None:
    handle = herd.client.enqueue("nap", {"seconds": 1.5}, keep=60)
    eventually(herd.starts.counts, 5)
    before = herd.pool()
    os.kill(before["zygote_pid"], signal.SIGKILL)
    os.kill(before["keeper_pid"], signal.SIGKILL)
    old = {worker["pid"] for worker in before["workers"]}

    def replaced() -> bool:
        now = herd.pool()
        return now["running"] == 2 and old.isdisjoint(worker["pid"] for worker in now["workers"])

    eventually(replaced, 15, herd.tail)
    job = handle.fetch()
    assert (str(job.state), job.attempts, job.crashes) == ("completed", 1, 0)
