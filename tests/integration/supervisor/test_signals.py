"""What the supervisor does on signals, seen from outside."""

import os
import signal
from collections.abc import Callable

import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process


def test_term_drains_stops_everything_and_exits_0(herd: Herd) -> None:
    handle = herd.client.enqueue("nap", {"seconds": 0.5}, keep=60)
    eventually(herd.starts.counts, 5, "the job has started")
    eventually(lambda: "all workers running (2)" in herd.tail(), 10, herd.tail)
    assert herd.stop() == 0
    assert herd.all_pids() == []
    text = herd.tail()
    order = [text.index(f"stopping {stage}") for stage in ("programs", "the janitor", "the store", "the logger")]
    assert order == sorted(order)
    herd.start()
    herd.ready()
    job = handle.fetch()
    assert (str(job.state), job.crashes) == ("completed", 0)


def test_a_second_term_kills_what_still_runs_and_its_job_runs_again_uncharged(herd: Herd) -> None:
    handle = herd.client.enqueue("nap", {"seconds": 2}, keep=60)
    eventually(herd.starts.counts, 5, "the job has started")
    os.kill(herd.pid, signal.SIGTERM)
    eventually(lambda: "stopping programs and workers" in herd.tail(), 5)
    assert herd.stop() == 1
    assert herd.all_pids() == []
    herd.start()
    herd.ready()
    assert handle.result(timeout=10) == 2
    assert handle.fetch().crashes == 0
    assert herd.starts.counts() == {handle.id: 2}


def test_quit_kills_now(herd: Herd) -> None:
    herd.client.enqueue("nap", {"seconds": 600})
    eventually(herd.starts.counts, 5, "the job has started")
    os.kill(herd.pid, signal.SIGQUIT)
    eventually(lambda: herd.all_pids() == [], 10, herd.tail)


def test_hup_replaces_every_worker_after_a_canary(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(pool={"reload": {"canary_time": "200ms"}})
    before = herd.pool()
    os.kill(herd.pid, signal.SIGHUP)

    def rolled() -> bool:
        now = herd.pool()
        return bool(now["generation"] == 2 and not now["rolling"] and now["running"] == 2)

    eventually(rolled, 30, herd.tail)
    after = herd.pool()
    assert {worker["pid"] for worker in before["workers"]}.isdisjoint(worker["pid"] for worker in after["workers"])
    assert {worker["generation"] for worker in after["workers"]} == {2}
    eventually(lambda: len(herd.pids("zygote")) == 1, 10, "the old zygote is gone")


def test_ttin_and_ttou_add_and_remove_one_worker(herd: Herd) -> None:
    os.kill(herd.pid, signal.SIGTTIN)
    eventually(lambda: herd.pool()["running"] == 3, 10, herd.tail)
    os.kill(herd.pid, signal.SIGTTOU)
    eventually(lambda: len(herd.pool()["workers"]) == 2, 10, herd.tail)


def test_usr1_opens_the_logs_anew(herd: Herd) -> None:
    log = herd.folder / "d/logs/supervisor.log"
    eventually(lambda: "all workers running" in log.read_text(), 5)
    log.rename(herd.folder / "moved.log")
    os.kill(herd.pid, signal.SIGUSR1)
    eventually(lambda: "SIGUSR1" in (herd.folder / "moved.log").read_text() or log.exists(), 10, herd.tail)
    assert herd.command("scale", "default", "3").returncode == 0
    eventually(lambda: log.exists() and "running" in log.read_text(), 10, herd.tail)
    assert herd.command("scale", "default", "2").returncode == 0
    eventually(lambda: herd.pool()["running"] == 2, 15, herd.tail)
