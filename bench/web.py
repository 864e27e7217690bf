"""A gateway of a measurement's own, and what `wrk` says of it."""

import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from bench.herd import ROOT, until

SCRIPTS = Path(__file__).parent / "wrk"


class Gateway(NamedTuple):
    """One `python -m gateway`."""

    url: str
    process: psutil.Process
    log: Path


class Said(NamedTuple):
    """What one run of wrk came to; `cpu` is the gateway's own CPU time for one request, in microseconds."""

    rate: float
    refused: int
    p50_ms: float
    p99_ms: float
    cpu_us: float


@contextmanager
def gateway(store: str, *arguments: str) -> Iterator[Gateway]:
    """A gateway on that store, on a port of its own; `arguments` stand in front of `-m gateway`."""
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        config, log = Path(folder, "config.yaml"), Path(folder, "log")
        config.write_text(f"redis: {{url: '{store}'}}\ndata_dir: {folder}/data\ngateway: {{port: 0}}\n")
        with log.open("w") as out:
            command = [sys.executable, *arguments, "-m", "gateway", "-c", str(config)]
            process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
        try:
            until(lambda: "listening on" in log.read_text(), 15)
            found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
            url = found[0] if found else ""
            until(lambda: _answers(url), 10)
            yield Gateway(url, psutil.Process(process.pid), log)
        finally:
            process.terminate()
            process.wait(15)


def wrk(of: Gateway, path: str, script: str, *, seconds: int, connections: int = 32, tasks: int = 1) -> Said:
    """Let wrk send to a path for some seconds."""
    before = _cpu(of)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPTS / script), of.url + path]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "BENCH_TASKS": str(tasks)}
    ).stdout
    numbers = re.search(r"BENCH (\d+) (\d+) (\d+) (\d+) (\d+)", said)
    assert numbers, said
    requests, us, refused, p50, p99 = map(int, numbers.groups())
    cpu = (_cpu(of) - before) / max(1, requests) * 1e6
    return Said(requests / us * 1e6, refused, p50 / 1000, p99 / 1000, cpu)


def _cpu(of: Gateway) -> float:
    spent = of.process.cpu_times()
    return spent.user + spent.system


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url + "/health", timeout=2):  # noqa: S310 - an address of our own
            return True
    except OSError:
        return False
