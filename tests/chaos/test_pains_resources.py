"""Pains of other supervisors with what workers take and leave; the numbers are those of docs/pm2.md."""

import os
import signal

import pytest

from engine import JobState
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.processes import alive, eventually, gone

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

GREEDY = {"tasks": ["tests.support.greedy_tasks"]}


def left_by(herd: Herd, seconds: float = 0.0) -> tuple[int, list[int]]:
    """A worker and what a job has left behind in it, all of it alive."""
    worker, pids = herd.client.enqueue("leave-behind", {"seconds": seconds}, keep=600).result(timeout=20)
    assert [alive(pid) for pid in pids] == [True] * 3
    return worker, pids


@pytest.mark.parametrize("how", ["killed", "scaled away", "stopped", "restarted"])
def test_pain_09_no_grandchild_survives_its_worker(how: str, make_herd: MakeHerd) -> None:
    herd = make_herd(pool={**GREEDY, "instances": 1})
    worker, pids = left_by(herd)
    if how == "killed":
        os.kill(worker, signal.SIGKILL)
    else:
        verb = {"scaled away": ("scale", "default", "0"), "stopped": ("stop",), "restarted": ("restart",)}[how]
        assert herd.command(*verb).returncode == 0
    gone([worker, *pids])
    if how == "killed":
        assert herd.metric("herdsman_strays_killed_total", pool="default") >= 1


def test_pain_09_what_a_living_worker_has_started_is_left_alone(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={**GREEDY, "instances": 2})
    jobs = [herd.client.enqueue("leave-behind", {"seconds": 1}, keep=600) for _ in range(2)]
    (mine, lost), (other, kept) = [job.result(timeout=20) for job in jobs]
    assert mine != other
    os.kill(mine, signal.SIGKILL)
    gone([mine, *lost])
    assert [alive(pid) for pid in (other, *kept)] == [True] * 4
    os.kill(other, signal.SIGKILL)
    gone(kept)


def test_pain_09_nothing_is_left_when_the_supervisor_has_gone(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={**GREEDY, "instances": 1})
    _, pids = left_by(herd)
    herd.stop()
    assert [pid for pid in pids if alive(pid)] == []


def test_pain_11_a_change_of_the_count_restarts_nobody(make_herd: MakeHerd) -> None:
    herd = make_herd()
    before = {worker["name"]: worker["pid"] for worker in herd.status()["pools"][0]["workers"]}
    for count in ("4", "3", "+2", "2"):
        assert herd.command("scale", "default", count).returncode == 0
        wanted = herd.status()["pools"][0]["desired"]
        eventually(lambda wanted=wanted: herd.status()["pools"][0]["running"] == wanted, 10, herd.tail)
        now = {worker["name"]: worker["pid"] for worker in herd.status()["pools"][0]["workers"]}
        assert before.items() <= now.items()
    assert herd.metric("herdsman_worker_restarts_total") == 0


def test_pain_15_memory_is_seen_within_seconds_and_that_of_children_counts(make_herd: MakeHerd) -> None:
    pool = {**GREEDY, "instances": 1, "max_memory_restart": "100M"}
    herd = make_herd(pool=pool, queues={"default": {"max_crashes": 1}})
    job = herd.client.enqueue("swell", {"megabytes": 200}, keep=600)
    ended = herd.client.wait([job.id], 10)[job.id]
    assert (ended.state, ended.error.cause if ended.error else "") == (JobState.DEAD, "memory limit")
    eventually(lambda: herd.status()["pools"][0]["workers"][0]["state"] == "RUNNING", 5)
    assert "memory limit" in herd.tail()
