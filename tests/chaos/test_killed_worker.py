"""``kill -9`` of workers in the middle of their jobs."""

import json
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine import JobState, NewJob
from examples.codestats import files, serial
from tests.chaos.conftest import MakeHerd
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.servers import Store

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180)]


def _running_pid(herd: Herd, job: str) -> int:
    started = eventually(lambda: herd.starts.of(job), 10, "the job starts")
    return started[-1].pid


def test_a_killed_workers_job_is_running_again_in_a_quarter_of_a_second(make_herd: MakeHerd, store: Store) -> None:
    herd = make_herd(url=store.url, pool={"instances": 4})
    waits = []
    for _ in range(20):
        job = herd.client.enqueue("hang-once", keep=600)
        killed_at = herd.kill(_running_pid(herd, job.id))
        again = eventually(lambda job=job: herd.starts.of(job.id)[1:], 10, "the job starts again")
        waits.append((again[0].at - killed_at) / 1e9)
        assert job.result(timeout=10) == "behaved"
        assert job.fetch().crashes == 1
        assert len(herd.starts.of(job.id)) == 2
    print(f"running again after: median {statistics.median(waits):.3f} s, worst {max(waits):.3f} s")
    assert statistics.median(waits) < 0.25
    herd.ready()
    assert herd.metric("herdsman_worker_restarts_total", pool="default") >= 20
    assert re.search(r"signal 9|SIGKILL", json.dumps(herd.status()))


def test_only_the_started_job_of_a_killed_worker_is_charged(make_herd: MakeHerd, store: Store) -> None:
    herd = make_herd(url=store.url, pool={"instances": 1})
    jobs = [herd.client.enqueue("hang-once", keep=600)]
    jobs += [herd.client.enqueue("nap", keep=600) for _ in range(50)]
    herd.kill(_running_pid(herd, jobs[0].id))
    ended = herd.client.wait([job.id for job in jobs], 20)
    assert {job.state for job in ended.values()} == {JobState.COMPLETED}
    assert [ended[job.id].crashes for job in jobs] == [1] + [0] * 50
    assert herd.starts.repeated() == {jobs[0].id}


def test_a_job_that_kills_its_worker_every_time_is_buried_and_takes_no_neighbour_along(
    make_herd: MakeHerd, store: Store
) -> None:
    herd = make_herd(url=store.url, queues={"default": {"max_crashes": 2}})
    ids = herd.client.enqueue_many([NewJob("nap", keep=600) for _ in range(20)])
    poison = herd.client.enqueue("die")
    ids += herd.client.enqueue_many([NewJob("nap", keep=600) for _ in range(20)])
    ended = herd.client.wait([poison.id, *ids], 30)
    buried = ended.pop(poison.id)
    assert (buried.state, buried.crashes) == (JobState.DEAD, 2)
    assert buried.error is not None
    assert buried.error.cause == "signal 9"
    assert len(herd.starts.of(poison.id)) == 2
    assert {(job.state, job.crashes) for job in ended.values()} == {(JobState.COMPLETED, 0)}
    assert len(ended) == 40


def test_the_examples_totals_are_right_though_workers_are_killed_all_the_time(
    make_herd: MakeHerd, tmp_path: Path
) -> None:
    # A file whose worker is killed as often as max_crashes would be buried by us, not by its own fault.
    herd = make_herd(
        pool={"tasks": ["examples.codestats.tasks"], "queues": ["codestats"], "instances": 4},
        queues={"codestats": {"retries": 1, "backoff": {"base": "50ms"}, "max_crashes": 50}},
    )
    library = files.library()
    for name in files.source_files(library)[::4]:  # the whole takes a core half a minute
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).symlink_to(library / name)
    expected = serial.add_up(tmp_path, files.source_files(tmp_path)).report().splitlines()
    assert any("SyntaxError" in line for line in expected)
    command = [sys.executable, "-m", "examples.codestats", "--folder", str(tmp_path)]
    environment = {**herd.environment(), "HERDSMAN_CONFIG": str(herd.path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as program:
        kills = _kill_now_and_then(herd, program)
        totals, _ = program.communicate(timeout=120)
    assert kills >= 5
    assert totals.splitlines() == expected


def _kill_now_and_then(herd: Herd, program: "subprocess.Popen[str]") -> int:
    """A worker every tenth of a second while there is something to do; how many were killed."""
    kills = 0
    until = time.monotonic() + 5
    while program.poll() is None and time.monotonic() < until:
        for pid in herd.worker_pids()[:1]:
            herd.kill(pid)
            kills += 1
        try:
            program.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    return kills
