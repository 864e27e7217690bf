"""A real gateway around the session's real store, and a small worker made of the engine alone."""

import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine import JobError, WorkerInfo
from engine.clients.engine import Engine, StoppedWaiting
from engine.payloads.payload import decode, encode
from engine.queues.limits import QueueLimits
from engine.store.claims import Claimed, Done
from tests.support.processes import eventually

TYPES = {"uppercase": "default", "nothing": "default", "fail": "default", "limited": "limited"}


class SmallWorker(threading.Thread):
    """Claims, runs and acknowledges in one loop, and tells that it lives as a keeper would."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.info = WorkerInfo(
            incarnation=f"{secrets.randbits(63):x}", host="box", pid=os.getpid(), pool="default", slot=0
        )
        self.engine = Engine(
            url, "default", incarnation=int(self.info.incarnation, 16), idle=lambda _: not self.leaving
        )
        self.leaving = False
        self.registered = threading.Event()

    def run(self) -> None:
        self.engine.register(self.info, TYPES, {"limited": QueueLimits(max_pending=2)})
        self.registered.set()
        beat = 0.0
        try:
            while not self.leaving:
                if time.monotonic() - beat > 0.5:
                    beat = time.monotonic()
                    self.engine.extend([self.info], [], 30.0)
                self.engine.post([], 10, ["default"], 30.0)
                jobs = self.engine.collect().jobs
                for job in jobs:
                    self._run(job)
                if not jobs:
                    time.sleep(0.005)
        except StoppedWaiting:
            pass
        finally:
            self.engine.close()

    def leave(self) -> None:
        self.leaving = True
        self.join(10)

    def _run(self, job: Claimed) -> None:
        lease = self.engine.lease(job)
        match job.type:
            case "uppercase":
                self.engine.complete([Done(lease, encode(decode(job.payload).upper()), 60.0)])
            case "nothing":
                self.engine.complete([Done(lease, encode(None), 60.0)])
            case _:
                self.engine.bury(lease, JobError("ValueError", "on purpose"))


class GatewayProcess:
    """One `python -m gateway` (or what else is `run`), its log, its end, and a client to it."""

    def __init__(self, config: Path, log: Path, run: Sequence[str] = ("-m", "gateway")) -> None:
        self.log_path = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, *run, "-c", str(config)],
                stdout=out,
                stderr=out,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            )
        self.http = httpx.Client(timeout=30.0)

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    @property
    def port(self) -> int:
        found = re.search(r"listening on http://(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)", self.log)
        return int(found[1]) if found else 0

    def wait_until_up(self) -> None:
        eventually(lambda: self.port or self.process.poll() is not None, 15, lambda: self.log)
        assert self.port, self.log
        self.http.base_url = httpx.URL(f"http://127.0.0.1:{self.port}")
        eventually(self._answers, 15, lambda: self.log)

    def ends(self, timeout: float = 15.0) -> int:
        return self.process.wait(timeout)

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout: float = 15.0) -> int:
        self.process.send_signal(number)
        return self.ends(timeout)

    def close(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def _answers(self) -> bool:
        try:
            return self.http.get("/health").status_code == 200
        except httpx.TransportError:
            return False


class House:
    """A config file, and the gateways that were started on it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.config = folder / "config.yaml"
        self.gateways: list[GatewayProcess] = []
        self.write()

    def write(self, gateway: str = "port: 0") -> None:
        self.config.write_text(f"redis: {{url: '{self.url}'}}\ndata_dir: data\ngateway: {{{gateway}}}\n")

    def start(self, *run: str) -> GatewayProcess:
        log = self.folder / f"gateway-{len(self.gateways)}.log"
        self.gateways.append(GatewayProcess(self.config, log, run or ("-m", "gateway")))
        return self.gateways[-1]

    def close(self) -> None:
        for gateway in self.gateways:
            gateway.close()


@pytest.fixture
def house(store: Any, tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path, store.url)
    yield made
    made.close()


@pytest.fixture
def gateway(house: House) -> GatewayProcess:
    started = house.start()
    started.wait_until_up()
    return started


@pytest.fixture
def http(gateway: GatewayProcess) -> httpx.Client:
    return gateway.http


@pytest.fixture
def worker(store: Any) -> Iterator[SmallWorker]:
    made = SmallWorker(store.url)
    made.start()
    assert made.registered.wait(10)
    yield made
    made.leave()
