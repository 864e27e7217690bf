import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from engine import Client, Job, JobState
from engine.asking.job_handle import JobHandle
from engine.store import calls
from tests.support import processes
from tests.support.servers import Store

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


class Pool:
    """A standalone ``python -m worker`` with the tasks of hm_tasks, and a client for it."""

    def __init__(self, store: Store, folder: Path, **pool: Any) -> None:
        self.folder = folder
        queues, more = pool.pop("policies", {}), pool.pop("sections", {})
        default = {"name": "default", "tasks": ["hm_tasks"], "instances": 1, **pool}
        contents = {"redis": {"url": store.url}, "pools": [default], "queues": queues, **more}
        (folder / "c.yaml").write_text(yaml.safe_dump(contents))
        self.runs_file = folder / "runs"
        self.runs_file.touch()
        self.log = folder / "log"
        self.client = Client(store.url)
        command = [sys.executable, "-m", "worker", "-c", str(folder / "c.yaml")]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{HERE}", "HM_RUNS": str(self.runs_file)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                processes.tethered(command, "TERM"), cwd=folder, env=environment, stdout=log, stderr=log
            )

    def ready(self, workers: int = 1) -> "Pool":
        processes.eventually(lambda: len(self.pids("worker")) == workers, 15, self.text)
        processes.eventually(lambda: len(self.client.workers()) >= workers, 15, self.text)
        return self

    def pids(self, role: str) -> list[int]:
        """Living children in that role: worker or keeper."""
        found = []
        for child in psutil.Process(self.process.pid).children():
            try:
                if child.status() != psutil.STATUS_ZOMBIE and f"herdsman: {role}" in " ".join(child.cmdline()):
                    found.append(child.pid)
            except psutil.NoSuchProcess:
                continue
        return found

    def run(self, type: str, data: Any = None, timeout: float = 10, **options: Any) -> Any:
        return self.client.enqueue(type, data, **options).result(timeout=timeout)

    def ended(self, job: JobHandle, *states: JobState, timeout: float = 10) -> Job:
        """The job's record once it is in one of the states (finished ones when none are named)."""
        wanted = states or (JobState.COMPLETED, JobState.DEAD)

        def found() -> Job | None:
            record = self.client.find(job.id)
            return record if record and record.state in wanted else None

        record = processes.eventually(found, timeout, self.text)
        assert record is not None
        return record

    def runs(self, word: str) -> list[str]:
        return [line for line in self.runs_file.read_text().splitlines() if line.endswith(f" {word}")]

    def text(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def close(self) -> None:
        self.client.close()
        if self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)


@pytest.fixture
def start(store: Store, tmp_path: Path) -> Iterator[Callable[..., Pool]]:
    """start(**pool keys, policies={queue: …}, sections={key: …}) -> a Pool that is ready; all are stopped."""
    pools: list[Pool] = []

    def make(**keys: Any) -> Pool:
        folder = tmp_path / str(len(pools))
        folder.mkdir()
        pools.append(Pool(store, folder, **keys))
        return pools[-1].ready(keys.get("instances", 1))

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def sweeper(store: Store) -> Iterator[None]:
    """A janitor's promotions, a hundred times a second: without it retries wait for a worker's stand-in sweep."""
    over = threading.Event()

    def promote() -> None:
        with Client(store.url) as client:
            while not over.wait(0.01):
                client.run(calls.promote(100))

    thread = threading.Thread(target=promote)
    thread.start()
    yield
    over.set()
    thread.join()
