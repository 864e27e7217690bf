"""The supervisor executes itself anew in the middle of work, and nobody notices."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from config import Places
from engine import JobState, NewJob
from supervisor.outside import client
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.servers import StoreServer

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

TIMES = 5
SLEEPER = {"name": "sleeper", "command": ["python", "-c", "import time; time.sleep(1000)"]}


def _produce(herd: Herd, stop: threading.Event, ids: list[str]) -> None:
    while not stop.is_set():
        jobs = [NewJob("nap", {"seconds": seconds}, keep=600) for seconds in (0.005, 0.02, 0.05, 0.1)]
        ids += herd.client.enqueue_many(jobs)
        stop.wait(0.05)


def _upgraded(herd: Herd, count: int) -> Any:
    def told() -> Any:
        status = herd.status()
        assert not status["upgrade"]["error"], status["upgrade"]
        return status if status["upgrade"]["count"] == count else None

    return eventually(told, 20, herd.tail)


def _children(herd: Herd) -> dict[str, list[int]]:
    return {role: sorted(herd.pids(role)) for role in ("zygote", "keeper", "worker", "logger", "janitor", "gateway")}


def test_an_upgrade_under_load_is_noticed_by_no_job_and_no_process(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 3}, programs=[SLEEPER], with_gateway=True)
    ids: list[str] = []
    stop = threading.Event()
    producer = threading.Thread(target=_produce, args=(herd, stop, ids))
    producer.start()
    try:
        before, processes = herd.status(), _children(herd)
        for count in range(1, TIMES + 1):
            done = herd.metric("herdsman_jobs_total")
            os.kill(herd.pid, signal.SIGUSR2)
            after = _upgraded(herd, count)
            assert herd.metric("herdsman_jobs_total") >= done
    finally:
        stop.set()
        producer.join()
    assert after["pid"] == before["pid"] == herd.pid
    assert after["started_at"] == before["started_at"]
    assert after["uptime_s"] > before["uptime_s"]
    assert _children(herd) == processes
    assert [one["pid"] for one in after["programs"]] == [one["pid"] for one in before["programs"]]
    ended = herd.client.wait(ids, 60)
    assert set(ended) == set(ids)
    assert {(job.state, job.attempts, job.crashes) for job in ended.values()} == {(JobState.COMPLETED, 1, 0)}
    assert set(herd.starts.counts().values()) == {1}
    assert [worker["restarts"] for pool in herd.status()["pools"] for worker in pool["workers"]] == [0, 0, 0]


def test_after_an_upgrade_every_child_is_looked_after_as_before(make_herd: MakeHerd, embedded: StoreServer) -> None:
    herd = make_herd(server=embedded, programs=[SLEEPER], with_gateway=True)
    socket = Places(herd.config.data_dir).control_socket
    asked = client.ask(socket, "apply")
    eventually(lambda: client.ask(socket, "apply", {"id": asked["id"]})["stage"] == "done", 10)
    assert herd.command("upgrade").returncode == 0
    assert client.ask(socket, "apply", {"id": asked["id"]})["stage"] == "done", "who waits for it asks again"
    herd.kill(herd.worker_pids()[0])
    herd.ready()
    for role in ("zygote", "gateway", "janitor", "logger", "store"):
        old = herd.pids(role)[0]
        herd.kill(old)
        eventually(lambda role=role, old=old: [pid for pid in herd.pids(role) if pid != old], 15, f"another {role}")
    program = herd.status()["programs"][0]["pid"]
    herd.kill(program)
    eventually(lambda: herd.status()["programs"][0]["pid"] not in (None, program), 15, "another sleeper")
    herd.ready()
    assert sum(pool["restarts"] for pool in herd.status()["pools"]) >= 1
    assert herd.client.enqueue("nap", keep=60).result(timeout=10) == 0
    assert herd.command("scale", "default", "+1").returncode == 0
    eventually(lambda: len(herd.worker_pids()) == 3, 15, "a third worker")
    assert herd.stop() == 0
    assert herd.all_pids() == []


def test_the_files_of_the_supervisor_do_not_grow_from_upgrade_to_upgrade(make_herd: MakeHerd) -> None:
    herd = make_herd()
    assert herd.command("upgrade").returncode == 0
    files = psutil.Process(herd.pid).num_fds()
    for _ in range(3):
        assert herd.command("upgrade").returncode == 0
    eventually(lambda: psutil.Process(herd.pid).num_fds() <= files, 10, "no more open files than before")


def test_a_release_that_cannot_take_over_is_refused_and_all_goes_on(make_herd: MakeHerd) -> None:
    herd = make_herd()
    processes = _children(herd)
    (applied,) = Path(herd.config.data_dir, "run").glob("config-*.yaml")
    text = applied.read_text()
    applied.write_text(text.replace("instances", "instanzes"))
    os.kill(herd.pid, signal.SIGUSR2)
    eventually(lambda: "not upgraded" in herd.tail(), 20, herd.tail)
    applied.write_text(text)
    status = herd.status()
    assert (status["upgrade"]["state"], status["upgrade"]["count"]) == ("idle", 0)
    assert "instanzes" in status["upgrade"]["error"]
    assert _children(herd) == processes
    assert herd.client.enqueue("nap", keep=60).result(timeout=10) == 0
