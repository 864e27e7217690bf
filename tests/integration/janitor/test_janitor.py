import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from engine import Client, JobState, NewJob
from engine.clients.engine import Engine
from engine.payloads.payload import encode
from engine.store.claims import Done
from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]


def claim(worker: Engine, queue: str = "default", lease: float = 0.1) -> list[Any]:
    worker.post([], 10, [queue], lease)
    return worker.collect().jobs


def test_a_delayed_job_is_pending_when_its_time_has_come(herd: Any, client: Client) -> None:
    herd.write(interval="10s")  # only the due time can wake it
    job = client.enqueue("x", delay=0.4)
    began = time.monotonic()
    herd.start()
    eventually(lambda: job.state is JobState.PENDING, 9)
    assert time.monotonic() - began < 9


def test_two_thousand_due_jobs_are_all_promoted(herd: Any, client: Client) -> None:
    due = time.time() - 60
    client.enqueue_many(NewJob("x", run_at=due) for _ in range(2500))
    herd.start()
    eventually(lambda: client.queues()["default"].pending == 2500, 20, lambda: str(client.queues()))


def test_a_silent_workers_job_comes_back(herd: Any, client: Client, lost_worker: Engine) -> None:
    job = client.enqueue("x")
    assert len(claim(lost_worker)) == 1
    assert job.state is JobState.PROCESSING
    janitor = herd.start()
    eventually(lambda: job.state is JobState.PENDING, 15)
    janitor.says("rescued 1 of queue default")
    assert job.fetch().crashes == 0


def test_a_finished_jobs_traces_are_pruned(herd: Any, client: Client, lost_worker: Engine, store: Any) -> None:
    client.enqueue("x")
    [job] = claim(lost_worker, lease=30)
    assert lost_worker.complete([Done(lost_worker.lease(job), encode("result"), ttl=0.2)]) == 1
    finished = lost_worker.session.base + ":finished"
    assert store.client.zcard(finished) == 1
    herd.start()
    eventually(lambda: store.client.zcard(finished) == 0, 10)


def test_the_time_of_the_last_sweep_is_noted(herd: Any, client: Client) -> None:
    assert client.figures().last_sweep_at == 0
    herd.start()
    eventually(lambda: client.figures().last_sweep_at > 0, 10)
    before = client.figures().last_sweep_at
    eventually(lambda: client.figures().last_sweep_at > before, 10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_request_ends_it_with_status_0(herd: Any, number: signal.Signals) -> None:
    janitor = herd.start_sweeping()
    assert janitor.stop(number) == 0
    assert "asked to stop" in janitor.log
    assert herd.places.janitor_pid.read_text() == ""


def test_a_second_janitor_of_the_same_data_dir_says_so_and_leaves(herd: Any) -> None:
    first = herd.start_sweeping()
    second = herd.start()
    assert second.ends() == 0
    assert f"already running (pid {first.process.pid}" in second.log
    assert first.process.poll() is None


def test_after_a_kill_the_next_janitor_takes_over(herd: Any, client: Client) -> None:
    herd.start_sweeping().stop(signal.SIGKILL)
    herd.start_sweeping()
    job = client.enqueue("x", delay=0.1)
    eventually(lambda: job.state is JobState.PENDING, 10)


def test_janitors_of_two_hosts_promote_each_job_once(herd: Any, client: Client, other_herd: Any) -> None:
    herd.start_sweeping()
    other_herd.start_sweeping()
    for _ in range(200):
        client.enqueue("x", delay=0.05)
    eventually(lambda: client.queues()["default"].scheduled == 0, 10)
    assert client.queues()["default"].pending == 200


def test_an_outage_of_the_store_is_told_once_and_survived(herd: Any, client: Client, store: Any) -> None:
    janitor = herd.start_sweeping()
    eventually(lambda: client.figures().last_sweep_at > 0, 10)
    store.stop()
    janitor.says("store: the store does not answer")
    tried_thrice = time.monotonic() + 0.1 + 0.2 + 0.4
    eventually(lambda: time.monotonic() > tried_thrice)
    store.start()
    janitor.says("store: well again")
    assert janitor.log.count("does not answer") == 1
    job = client.enqueue("x", delay=0.05)
    eventually(lambda: job.state is JobState.PENDING, 10)


def test_it_starts_while_the_store_is_away_and_can_be_stopped_then(herd: Any, store: Any) -> None:
    store.stop()
    janitor = herd.start()
    janitor.says("does not answer")
    assert janitor.stop() == 0


def test_a_janitor_whose_log_nobody_reads_any_more_sweeps_on_and_exits_0(herd: Any, client: Client, store: Any) -> None:
    read_end, write_end = os.pipe()
    janitor = herd.start(stderr=write_end)
    os.close(write_end)
    os.close(read_end)
    eventually(lambda: client.figures().last_sweep_at > 0, 10)
    store.restart()  # makes it want to complain
    job = client.enqueue("x", delay=0.05)
    eventually(lambda: job.state is JobState.PENDING, 10)
    assert janitor.stop() == 0


@pytest.mark.parametrize(
    ("text", "said"), [("janitor: {intervall: 1s}", "janitor.intervall"), ("pools: [", "config.yaml:")]
)
def test_a_bad_file_is_status_2_without_a_stack(herd: Any, text: str, said: str) -> None:
    herd.config.write_text(text)
    janitor = herd.start()
    assert janitor.ends() == 2
    assert said in janitor.log
    assert "Traceback" not in janitor.log


def test_a_kind_of_store_that_is_not_supported_yet_is_status_2_without_a_stack(herd: Any) -> None:
    herd.url = "redis+cluster://127.0.0.1:1,127.0.0.1:2"
    herd.write()
    janitor = herd.start()
    assert janitor.ends() == 2
    assert "redis.url" in janitor.log
    assert "Traceback" not in janitor.log


def test_a_data_dir_that_is_no_folder_is_status_2_without_a_stack(herd: Any) -> None:
    (herd.folder / "data").write_text("a file")
    janitor = herd.start()
    assert janitor.ends() == 2
    assert "data" in janitor.log
    assert "Traceback" not in janitor.log


def test_no_config_named_is_wrong_usage(herd: Any) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "HERDSMAN_CONFIG"}
    done = subprocess.run(
        [sys.executable, "-m", "janitor"], env=environ, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 2
    assert "--config" in done.stderr


def test_it_says_once_at_its_start_what_the_stores_settings_can_lose(herd: Any, store: Any) -> None:
    store.client.config_set("maxmemory", "100mb")
    store.client.config_set("maxmemory-policy", "allkeys-lru")
    janitor = herd.start()
    janitor.says("store: there is no replica: a crash of its machine now may lose about 1000 ms of enqueues")
    janitor.says("store: maxmemory-policy is allkeys-lru")
