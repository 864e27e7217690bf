"""What an idle herd costs: `python -m bench.footprint [--workers 16] [--seconds 20]`.

The supervisor's memory (RSS) and CPU, and what each worker has of its own (USS) at start, beside everything else.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.herd import ROOT, until
from bench.machine import describe

MB = 1 << 20


def herd(folder: str, workers: int) -> Path:
    """A config file for an idle herd on the embedded store."""
    path = Path(folder, "config.yaml")
    path.write_text(
        f"data_dir: {folder}/data\ngateway: {{port: 5980}}\nmetrics: {{port: 9180}}\n"
        f"pools: [{{name: default, tasks: [examples.text], queues: [default], instances: {workers}}}]\n"
    )
    return path


def members(mark: str) -> list[psutil.Process]:
    """All processes whose environment bears the mark, in the order of their pids."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("BENCH_MARK") == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


def cpu(process: psutil.Process) -> float:
    """CPU seconds so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def measure(mark: str, seconds: float) -> None:
    """Prints a line a process."""
    processes = members(mark)
    print(f"{'rss MB':>8} {'uss MB':>8} {'cpu %':>7}  process")
    before = {process.pid: (process, process.memory_full_info(), cpu(process)) for process in processes}
    time.sleep(seconds)
    for process, memory, was in before.values():
        share = 100 * (cpu(process) - was) / seconds
        title = " ".join(process.cmdline())[:70]
        print(f"{memory.rss / MB:8.1f} {memory.uss / MB:8.1f} {share:7.2f}  {title}")


@contextmanager
def idle_herd(workers: int) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A herd whose workers all run: the mark in its processes' environment, and its supervisor. It is told when."""
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        path, log = herd(folder, workers), Path(folder, "log")
        mark = f"{os.getpid()}-{time.time()}"
        env = {**os.environ, "BENCH_MARK": mark, "SPT_NOENV": "1"}
        command = [sys.executable, "-m", "supervisor", "-c", str(path)]
        with log.open("w") as output:
            started = time.monotonic()
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, env=env)
        try:
            until(lambda: "all workers running" in log.read_text(), 120, step=0.02)
            print(f"all {workers} workers running after {time.monotonic() - started:.2f} s")
            yield mark, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)


def main() -> None:
    """Start, measure, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    print(describe())
    with idle_herd(options.workers) as (mark, _):
        time.sleep(2)
        measure(mark, options.seconds)


if __name__ == "__main__":
    main()
