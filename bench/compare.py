"""Whether a job that uses no feature has become dearer: `python -m bench.compare REV [--rounds N]`.

The store's own time for the scripts of a no-op job, of the git revision REV and of these files, taken in turns on one
server: these machines are noisy, the ratio of neighbours is not. Exit status 1 when it is worse than 5 %.
"""

import argparse
import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import redis

from bench.herd import ROOT, store
from bench.machine import describe

JOBS = 20_000  # a round
BATCH = 100
SIZES = {"enqueue": 1000, "claim": BATCH}  # jobs in one call; claim acknowledges as many
NESTED = 50  # us; no command within a script takes so long, and each of these scripts takes longer
WORST = 1.05


class Sample(NamedTuple):
    """One round of one verb: server time of the median call in us a job, and the client's rate in jobs/s."""

    us: float
    rate: float


def unpack(revision: str, folder: str) -> Path:
    """The engine of that revision, in a folder."""
    packed = subprocess.run(["git", "archive", revision, "engine"], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return Path(folder)


@contextmanager
def caller(tree: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that makes the calls with the engine of that tree."""
    command = [sys.executable, "-P", str(ROOT / "bench" / "script_time.py"), url, str(JOBS), str(BATCH)]
    env = {**os.environ, "PYTHONPATH": str(tree)}
    process = subprocess.Popen(command, env=env, cwd=tree, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.communicate()


def sample(server: Any, process: subprocess.Popen[str], verb: str) -> Sample:
    """One verb for all jobs of a round."""
    assert process.stdin
    assert process.stdout
    server.slowlog_reset()
    process.stdin.write(f"{verb}\n")
    process.stdin.flush()
    rate = float(process.stdout.readline())
    calls = [call["duration"] for call in server.slowlog_get(10_000) if call["command"].startswith(b"EVALSHA")]
    assert len(calls) >= JOBS / SIZES[verb], f"only {len(calls)} calls of {verb} were logged"
    return Sample(statistics.median(calls) / SIZES[verb], rate)


def measure(url: str, trees: dict[str, Path], rounds: int) -> dict[tuple[str, str], list[Sample]]:
    """All rounds, whose order changes each time; the first is for warming up."""
    found: dict[tuple[str, str], list[Sample]] = {(tree, verb): [] for tree in trees for verb in SIZES}
    server = redis.Redis(unix_socket_path=url.removeprefix("unix://"))
    server.config_set("slowlog-log-slower-than", NESTED)
    server.config_set("slowlog-max-len", 10_000)
    (old, one), (new, other) = trees.items()
    with caller(one, url) as was, caller(other, url) as now:
        for turn in range(rounds + 1):
            order = [(old, was), (new, now)]
            for name, process in order if turn % 2 else reversed(order):
                server.flushall()
                for verb in SIZES:
                    taken = sample(server, process, verb)
                    if turn:
                        found[name, verb].append(taken)
    return found


def report(old: str, new: str, found: dict[tuple[str, str], list[Sample]]) -> bool:
    """Prints a line a verb; whether all is well."""
    fine = True
    print(f"{'':10}{'server us a job':>34}{'jobs/s of the client':>36}")
    print(f"{'':10}{'before':>12}{'now':>10}{'ratio':>12}{'before':>14}{'now':>10}{'ratio':>12}")
    for verb in SIZES:
        was, now = found[old, verb], found[new, verb]
        time_ratio = statistics.median(n.us / w.us for n, w in zip(now, was, strict=True))
        rate_ratio = statistics.median(n.rate / w.rate for n, w in zip(now, was, strict=True))
        us = [statistics.median(s.us for s in rows) for rows in (was, now)]
        rate = [statistics.median(s.rate for s in rows) for rows in (was, now)]
        print(
            f"{verb:10}{us[0]:12.2f}{us[1]:10.2f}{time_ratio:12.3f}{rate[0]:14,.0f}{rate[1]:10,.0f}{rate_ratio:12.3f}"
        )
        fine = fine and time_ratio <= WORST
    return fine


def main() -> int:
    """Old and new in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", help="the git revision to compare with")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory(prefix="hb-") as folder, store() as url:
        trees = {options.revision: unpack(options.revision, folder), "now": ROOT}
        fine = report(options.revision, "now", measure(url, trees, options.rounds))
    print("fine" if fine else f"worse than {WORST - 1:.0%}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
