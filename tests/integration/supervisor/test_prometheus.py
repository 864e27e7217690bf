"""The real Prometheus scrapes a real herd: its own checker finds nothing to say, and counters never go back."""

from collections.abc import Iterator

import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.prometheus import Prometheus, promtool

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

CONTRACT = {
    "jobs_total", "job_duration_seconds", "job_wait_seconds", "queue_depth", "queue_oldest_seconds", "workers",
    "worker_restarts_total", "worker_memory_bytes", "janitor_rescued_total", "dlq_size", "pool_desired", "queue_paused",
    "janitor_last_sweep_timestamp_seconds", "store_up", "store_memory_bytes", "store_memory_limit_bytes", "build_info",
    "queue_wait_target_seconds", "schedule_last_success_timestamp_seconds",
}  # fmt: skip


@pytest.fixture
def herd(store) -> Iterator[Herd]:
    with Herd.running(url=store.url) as herd:
        yield herd


@pytest.fixture
def prometheus(herd: Herd) -> Iterator[Prometheus]:
    server = Prometheus({"static_configs": [{"targets": [f"127.0.0.1:{herd.metrics_port}"]}]})
    yield server
    server.close()


def test_prometheus_own_checker_has_no_complaint(herd: Herd) -> None:
    herd.client.enqueue("nap", 0).result(10)
    assert promtool("check", "metrics", read=herd.get(herd.metrics_port, "/metrics")) == (0, "")


def test_every_metric_of_the_contract_is_there_from_the_start(herd: Herd) -> None:
    text = herd.get(herd.metrics_port, "/metrics")
    missing = {name for name in CONTRACT if f"# TYPE herdsman_{name}" not in text}
    assert not missing


def test_counters_do_not_go_back_across_a_restart_and_a_killed_worker(herd: Herd, prometheus: Prometheus) -> None:
    def run(jobs: int) -> None:
        ended = herd.client.wait(herd.client.enqueue_many([("nap", 0)] * jobs), 30)
        assert len(ended) == jobs

    run(200)
    eventually(lambda: prometheus.value('herdsman_jobs_total{outcome="completed"}') == 200, 20)
    before = set(herd.worker_pids())
    said = herd.command("restart", "default")
    assert said.returncode == 0, said.stderr
    eventually(lambda: not before & set(herd.worker_pids()) and len(herd.worker_pids()) == 2, 30, herd.tail)
    herd.kill(herd.worker_pids()[0])
    run(100)
    eventually(lambda: prometheus.value('herdsman_jobs_total{outcome="completed"}') == 300, 20)
    assert prometheus.value("resets(sum(herdsman_jobs_total)[1m:250ms])") == 0
    assert prometheus.value("max_over_time(up[1m])") == 1
    eventually(lambda: prometheus.value('herdsman_worker_restarts_total{reason=~"signal.*|crash.*"}') >= 1, 10)
