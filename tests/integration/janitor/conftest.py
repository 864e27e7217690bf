"""Real janitors around the session's real store."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import Places
from engine import Client
from engine.clients.engine import Engine
from tests.support.processes import eventually


class JanitorProcess:
    """One `python -m janitor`, its log and its end."""

    def __init__(self, config: Path, log: Path, stderr: Any = None) -> None:
        self.log_path = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "janitor", "-c", str(config)],
                stdout=out,
                stderr=out if stderr is None else stderr,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            )

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def says(self, words: str, timeout: float = 10.0) -> None:
        eventually(lambda: words in self.log, timeout, lambda: self.log)

    def ends(self, timeout: float = 10.0) -> int:
        return self.process.wait(timeout)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.ends()


class Herd:
    """A data_dir, a config file, and the janitors that were started on them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.config = folder / "config.yaml"
        self.places = Places(folder / "data")
        self.janitors: list[JanitorProcess] = []
        self.write()

    def write(self, interval: str = "50ms", more: str = "") -> None:
        self.config.write_text(
            f"redis: {{url: '{self.url}'}}\ndata_dir: data\njanitor: {{interval: {interval}}}\n{more}"
        )

    def start(self, stderr: Any = None) -> JanitorProcess:
        log = self.folder / f"janitor-{len(self.janitors)}.log"
        self.janitors.append(JanitorProcess(self.config, log, stderr))
        return self.janitors[-1]

    def start_sweeping(self) -> JanitorProcess:
        janitor = self.start()
        janitor.says("sweeping")
        return janitor

    def end(self) -> None:
        for janitor in self.janitors:
            if janitor.process.poll() is None:
                janitor.process.kill()
                janitor.process.wait(10)


@pytest.fixture
def herd(store: Any, tmp_path: Path) -> Iterator[Herd]:
    made = Herd(tmp_path, store.url)
    yield made
    made.end()


@pytest.fixture
def other_herd(store: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Herd]:
    """The same store, another host's data_dir."""
    made = Herd(tmp_path_factory.mktemp("other"), store.url)
    yield made
    made.end()


@pytest.fixture
def client(store: Any) -> Iterator[Client]:
    with Client(store.url) as made:
        yield made


@pytest.fixture
def lost_worker(store: Any) -> Iterator[Engine]:
    """A worker's connection; a test claims with it and then falls silent."""
    engine = Engine(store.url, "default", incarnation=0xDEAD)
    yield engine
    engine.close()
