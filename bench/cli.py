"""What a command costs until its answer is there: `python -m bench.cli [--runs 20]`.

Wall time and CPU (user and system, of the process and its children), the medians; `status` asks a live herd.
"""

import argparse
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.footprint import herd
from bench.herd import ROOT, until
from bench.machine import describe

LIMIT_MS = 150
HELP = (
    ("supervisor", "--help"),
    ("supervisor", "status", "--help"),
    ("supervisor", "jobs", "--help"),  # as `herdsman jobs`: becomes the engine
    ("engine", "--help"),
    ("engine", "dlq", "retry", "--help"),
    ("gateway", "--help"),
    ("gateway", "token", "--help"),
    ("janitor", "--help"),
    ("worker", "--help"),
    ("config", "--help"),
    ("scoreboard", "--help"),
)


def once(words: tuple[str, ...], env: dict[str, str]) -> tuple[float, float]:
    """Milliseconds of wall time and of CPU."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", *words]
    subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (time.perf_counter() - began) * 1000, cpu * 1000


def measure(words: tuple[str, ...], runs: int, env: dict[str, str]) -> None:
    """Prints a line."""
    seen = [once(words, env) for _ in range(runs + 1)][1:]  # the first one may have to compile
    wall, cpu = (statistics.median(column) for column in zip(*seen, strict=True))
    shown = " ".join(word if not word.startswith(os.sep) else "FILE" for word in words)
    print(f"{wall:>8.0f} {cpu:>8.0f}  python -m {shown}")


def completing(line: str, env: dict[str, str]) -> dict[str, str]:
    """The environment in which a shell asks for the words that may follow."""
    place = len(line.split()) - (not line.endswith(" "))
    return {**env, "_HERDSMAN_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(place)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    print(describe())
    print(f"{'wall ms':>8} {'cpu ms':>8}  command (medians of {runs}; --help is to stay below {LIMIT_MS} ms)")
    for words in HELP:
        measure(words, runs, env)
    with tempfile.TemporaryDirectory(prefix="hm-") as folder:
        path = herd(folder, 2)
        command = [sys.executable, "-m", "supervisor", "-c", str(path)]
        running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _live(path, runs, env)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


def _live(path: Path, runs: int, env: dict[str, str]) -> None:
    def answers() -> bool:
        command = [sys.executable, "-m", "supervisor", "-c", str(path), "status"]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False).returncode == 0

    until(answers, 30)
    for words in (("status",), ("status", "--json"), ("queues",)):
        measure(("supervisor", "-c", str(path), *words), runs, env)
    for line in ("herdsman sta", f"herdsman -c {path} scale ", f"herdsman -c {path} pause "):
        print(f"completing {line.replace(str(path), 'FILE')!r}:")
        measure(("supervisor",), runs, completing(line, env))


if __name__ == "__main__":
    main()
