"""Every death has its certificate: who, of what, running what, with which last words, and where it hung."""

import json
import os
import signal
import stat
from typing import Any

import pytest

from config import Places
from engine import JobState
from supervisor.deaths.death_file import merged, written
from supervisor.outside import client
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

WITHIN = 20.0
MB = 1 << 20


def described(herd: Herd, name: str = "default") -> Any:
    """What ``describe`` says, without the time that a command takes to start."""
    places = Places(herd.config.data_dir)
    told = client.ask(places.control_socket, "describe", {"name": name})
    return {**told, "deaths": merged(told["deaths"], written(places.deaths), name, 20)}


def died(herd: Herd, cause: str, *, kind: str = "worker", last_lines: bool = True) -> Any:
    """The newest certificate of that cause; waits for it, and until the logger has written it down."""

    def found() -> Any:
        deaths = [one for one in described(herd)["deaths"] if one["cause"] == cause and one["kind"] == kind]
        return deaths[-1] if deaths and (deaths[-1]["last_lines"] or not last_lines) else None

    return eventually(found, WITHIN, lambda: f"{cause}: {described(herd)['deaths']}\n{herd.tail()}")


def draining(herd: Herd) -> Any:
    return client.ask(Places(herd.config.data_dir).control_socket, "status")["draining"]


def running(herd: Herd, job_id: str) -> None:
    eventually(lambda: herd.starts.of(job_id), WITHIN, herd.tail)


def test_a_worker_that_was_killed_from_outside(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1})
    job = herd.client.enqueue("nap", {"seconds": 60})
    running(herd, job.id)
    herd.kill(victim := herd.worker_pids()[0])
    one = died(herd, "signal", last_lines=False)
    assert (one["signal"], one["code"], one["pid"], one["name"]) == (9, None, victim, "default.0")
    assert (one["charged"], one["generation"], one["stack"]) == (True, 1, "")
    assert [(ran["id"], ran["type"]) for ran in one["jobs"]] == [(job.id, "nap")]
    assert one["peak_rss_bytes"] > MB
    assert herd.metric("herdsman_worker_deaths_total", pool="default", cause="signal") == 1
    assert herd.metric("herdsman_worker_deaths_total", pool="default", cause="oom") == 0
    herd.client.cancel(job.id)


def test_an_exit_in_a_task_with_the_last_lines_before_it(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1}, queues={"default": {"max_crashes": 1}})
    job = herd.client.enqueue("leave", {"status": 3})
    assert herd.client.wait([job.id], WITHIN)[job.id].state is JobState.DEAD
    one = died(herd, "exit")
    assert (one["code"], one["signal"], one["charged"]) == (3, None, True)
    assert one["last_lines"][-1].endswith("about to leave")
    text = herd.command("describe", "default.0").stdout
    assert json.loads(herd.command("describe", "default.0", "--json").stdout)["deaths"][-1]["id"] == one["id"]
    assert "exit 3" in text
    assert "about to leave" in text
    # They outlive the supervisor, for this user only.
    path = herd.folder / "d" / "run" / "deaths.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    herd.kill(herd.pid)
    herd.start()
    herd.ready()
    assert any(again["id"] == one["id"] and again["last_lines"] for again in described(herd)["deaths"])


@pytest.mark.parametrize("task", ["spin", "seize"])
def test_a_hang_shows_the_stack_in_the_certificate_and_with_the_dead_letter(task: str, make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1}, queues={"default": {"max_crashes": 1}})
    job = herd.client.enqueue(task)
    dead = herd.client.wait([job.id], WITHIN)[job.id]
    one = died(herd, "hard_timeout", last_lines=False)
    assert (one["signal"], one["charged"]) == (9, True)
    assert f" in {task}\n" in one["stack"]
    assert dead.error is not None
    assert dead.error.cause == "hard timeout"
    assert f" in {task}\n" in dead.error.traceback
    assert f" in {task}" in herd.command("describe", "default").stdout


def test_a_worker_over_the_hard_memory_limit(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1, "max_memory_restart": 100 * MB})
    job = herd.client.enqueue("swell", {"size": 200 * MB})
    one = died(herd, "memory_limit", last_lines=False)
    assert one["peak_rss_bytes"] > 200 * MB
    assert "hard limit" in one["why"]
    assert " in swell\n" in one["stack"]
    herd.client.cancel(job.id)


def test_a_drain_deadline_a_reload_and_a_scale_down(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 2, "drain_timeout": 1.0})
    assert herd.command("scale", "default", "1").returncode == 0
    assert died(herd, "drained", last_lines=False)["why"] == "scale-down"
    job = herd.client.enqueue("nap", {"seconds": 60})
    running(herd, job.id)
    stopped = herd.command("stop", "default")
    assert f"nap {job.id} on default.0" in stopped.stderr
    assert "killed at" in stopped.stderr
    one = died(herd, "drain_deadline", last_lines=False)
    assert (one["charged"], [ran["id"] for ran in one["jobs"]]) == (False, [job.id])
    assert " in nap\n" in one["stack"]
    fetched = job.fetch()
    assert (fetched.state, fetched.crashes, fetched.error) == (JobState.PENDING, 0, None)
    herd.client.cancel(job.id)
    herd.command("start", "default")
    herd.command("restart", "default")

    def reloaded() -> bool:
        return any("reload" in one["why"] for one in described(herd)["deaths"])

    eventually(reloaded, WITHIN, lambda: str(described(herd)["deaths"]))


def test_zygote_keeper_and_gateway_have_theirs(make_herd: MakeHerd) -> None:
    herd = make_herd(with_gateway=True, pool={"instances": 1})
    herd.kill(herd.pid_of("keeper"))
    assert died(herd, "signal", kind="keeper", last_lines=False)["signal"] == signal.SIGKILL
    herd.kill(herd.pid_of("gateway"))
    eventually(lambda: described(herd, "gateway")["deaths"], WITHIN, herd.tail)
    herd.kill(herd.pid_of("zygote"))
    assert died(herd, "signal", kind="zygote", last_lines=False)["name"] == "default.zygote"


def test_a_shutdown_names_whom_it_waits_for(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1, "drain_timeout": 20.0})
    job = herd.client.enqueue("nap", {"seconds": 3}, keep=600)
    running(herd, job.id)
    os.kill(herd.pid, signal.SIGTERM)
    row = eventually(lambda: draining(herd), WITHIN, herd.tail)[0]
    assert (row["worker"], row["job"], row["type"]) == ("default.0", job.id, "nap")
    assert 0 < row["deadline_s"] <= 20
    assert job.result(timeout=WITHIN) == 3
    eventually(lambda: f"waiting for 1 job: nap {job.id} on default.0" in herd.tail(), WITHIN, herd.tail)
