"""Whether a job that uses no feature has become dearer to Python: `python -m bench.run_path REV [--rounds N]`.

CPU time of what a client does for an enqueue and a worker for a run, without a store, by the files of the git revision
REV and by these, in turns. Beside `bench.compare`, which is about the store's own time.
"""

import argparse
import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parent.parent
CALLS, BEST_OF = 20_000, 10


def best(once: Callable[[], None]) -> float:
    """CPU time of one call in us, of the best of some rounds."""
    found = []
    for _ in range(BEST_OF):
        began = time.process_time()
        for _ in range(CALLS):
            once()
        found.append((time.process_time() - began) / CALLS * 1e6)
    return min(found)


def run_path() -> float:
    """From a claimed job to its acknowledgement in the ledger."""
    from config import Config
    from engine.clients.engine import Engine
    from engine.payloads.payload import NO_OPTIONS, encode
    from engine.store.claims import Claimed
    from worker.run.executor import Executor
    from worker.run.ledger import Ledger
    from worker.run.plans import Plans
    from worker.run.timeouts import Alarm
    from worker.tasks.registry import Registry, make_task

    def noop(to: str, subject: str) -> None:
        """Nothing."""

    registry = Registry()
    registry.add(make_task("noop", noop))
    series: Any = SimpleNamespace(row=lambda *_: None)
    plans = Plans(Config(), registry, series)
    ledger = Ledger(Engine("redis://nowhere:1", "default", incarnation=1), plans, lambda call: call())  # type: ignore[arg-type]
    job = Claimed("1-1-1", 1, 1, 1, 1, "noop", encode({"to": "a", "subject": "b"}), b"", 0, 0, 0, "default")
    execute = Executor(Alarm()).run

    def once() -> None:
        plan = plans.find(job.queue, job.type)
        ledger.completed(job, plan, NO_OPTIONS, execute(plan, job, job.payload, 0), 1)
        ledger.done.clear()

    return best(once)


def enqueue_path() -> float:
    """From `enqueue` to its packed call, and from the reply to the id."""
    from engine.entrance.carrier import Carrier
    from engine.entrance.entrance import Entrance
    from engine.jobs.new_job import NewJob

    entrance, job = Entrance("herdsman:{default}", Carrier()), NewJob("noop", {"to": "a", "subject": "b"})

    def once() -> None:
        question = entrance.accept(job, durable=False)
        next(question)
        try:
            question.send(["1-1-1"])
        except StopIteration:
            return

    return best(once)


def measured(tree: Path) -> tuple[float, float]:
    """Both paths, by the files of that tree."""
    command = [sys.executable, "-P", __file__, "--here"]
    done = subprocess.run(
        command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, stdout=subprocess.PIPE, text=True, check=True
    )
    run, enqueue = map(float, done.stdout.split())
    return run, enqueue


def main() -> None:
    """Compare, or measure these files alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("revision", nargs="?", default="HEAD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--here", action="store_true", help="only this tree, in us: run, enqueue")
    options = parser.parse_args()
    if options.here:
        print(run_path(), enqueue_path())
        return
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["git", "archive", options.revision], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        pairs = [(measured(Path(folder)), measured(ROOT)) for _ in range(options.rounds)]
    for n, name in enumerate(("run", "enqueue")):
        before, after = (statistics.median(pair[side][n] for pair in pairs) for side in (0, 1))
        ratio = statistics.median(pair[1][n] / pair[0][n] for pair in pairs)
        print(f"{name:8} {options.revision} {before:.2f} us, now {after:.2f} us, ratio {ratio:.3f}")


if __name__ == "__main__":
    main()
