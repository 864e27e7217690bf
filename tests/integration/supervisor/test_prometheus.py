"""The real Prometheus scrapes a real herd: its own checker finds nothing to say, and counters never go back."""

import json
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.herd import Herd
from tests.support.ports import free_port
from tests.support.processes import eventually, tethered

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

CONTRACT = {
    "jobs_total", "job_duration_seconds", "job_wait_seconds", "queue_depth", "queue_oldest_seconds", "workers",
    "worker_restarts_total", "worker_memory_bytes", "janitor_rescued_total", "dlq_size", "pool_desired", "queue_paused",
    "janitor_last_sweep_timestamp_seconds", "store_up", "store_memory_bytes", "store_memory_limit_bytes", "build_info",
    "queue_wait_target_seconds", "schedule_last_success_timestamp_seconds",
}  # fmt: skip


@pytest.fixture
def herd(store) -> Iterator[Herd]:
    herd = Herd(url=store.url)
    try:
        herd.start()
        herd.ready()
        yield herd
    finally:
        herd.close()


class Prometheus:
    """A server of its own, on one target."""

    def __init__(self, target_port: int) -> None:
        program = shutil.which("prometheus")
        assert program, "prometheus is not installed: apt-get install prometheus"
        self._folder = tempfile.TemporaryDirectory(prefix="hm-p-")
        self._port = free_port()
        folder = Path(self._folder.name)
        (folder / "p.yml").write_text(
            "global: {scrape_interval: 250ms, scrape_timeout: 250ms}\n"
            f"scrape_configs: [{{job_name: herdsman, static_configs: [{{targets: ['127.0.0.1:{target_port}']}}]}}]\n"
        )
        arguments = [
            f"--config.file={folder}/p.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{self._port}",
        ]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(tethered([program, *arguments]), stdout=log, stderr=log)

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """What Prometheus answers; nothing while it is not up yet."""
        url = f"http://127.0.0.1:{self._port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                found = json.loads(answer.read())["data"]["result"]
        except OSError:
            return []
        return [(row["metric"], float(row["value"][1])) for row in found]

    def value(self, expression: str) -> float:
        """The sum of what it answers."""
        return sum(value for _, value in self.query(expression))

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(20)
        self._folder.cleanup()


@pytest.fixture
def prometheus(herd: Herd) -> Iterator[Prometheus]:
    server = Prometheus(herd.metrics_port)
    yield server
    server.close()


def test_prometheus_own_checker_has_no_complaint(herd: Herd) -> None:
    herd.client.enqueue("nap", 0).result(10)
    program = shutil.which("promtool")
    assert program, "promtool is not installed: apt-get install prometheus"
    said = subprocess.run(
        [program, "check", "metrics"], input=herd.get(herd.metrics_port, "/metrics"), text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


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
