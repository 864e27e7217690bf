"""Herdsman beside PM2, supervisord, circus and gunicorn, in one run: `python -m bench.supervisors [--kills 10]`.

BENCH_RIVALS names folders (colons between) with their programs: a virtual environment's bin with supervisor, circus,
gunicorn and redis, and node_modules/.bin with pm2. What is not there is said and left out.
"""

import argparse
import os
import random
import signal
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bench.footprint import MB, cpu
from bench.herd import store, until
from bench.load import Load
from bench.machine import describe
from bench.rivals.circus import Circus
from bench.rivals.contender import Contender, MissingError, program
from bench.rivals.gunicorn import Gunicorn
from bench.rivals.herdsman import Pool, Program
from bench.rivals.pm2 import Pm2
from bench.rivals.supervisord import Supervisord

CONTENDERS: tuple[type[Contender], ...] = (Pool, Program, Pm2, Supervisord, Circus, Gunicorn)
_PACE_S = 2.0  # between kills: what is killed at once after its start counts as a crash loop with some
_LOG_S = 10.0


def killed(contender: Contender, kills: int) -> str:
    """The median from `kill -9` to a replacement that is ready, under load; and the jobs that went with the workers."""
    load, times, chance = Load(contender.offer), [], random.Random(7)
    for _ in range(kills):
        time.sleep(_PACE_S)
        before = contender.ready()
        at = time.perf_counter()
        os.kill(chance.choice(sorted(before)), signal.SIGKILL)
        until(lambda: bool(contender.ready() - before), 30, step=0.0005)  # noqa: B023 - asked before it changes
        times.append(1000 * (time.perf_counter() - at))
    load.stop()
    return f"{statistics.median(times):.0f} ms, lost {contender.lost(load.offered)} of {load.offered}"


def reloaded(contender: Contender, _kills: int) -> str:
    """The time until all workers are new ones and the old are gone, under load; jobs lost; the fewest workers ready."""
    load = Load(contender.offer)
    time.sleep(2)
    before, fewest = contender.ready(), [contender.count]
    at = time.perf_counter()
    command = threading.Thread(target=contender.reload)
    command.start()

    def new() -> bool:
        now = contender.ready()
        fewest.append(len(now))
        return len(now) == contender.count and not now & before

    until(new, 60, step=0.002)
    command.join()
    took = time.perf_counter() - at
    time.sleep(1)
    load.stop()
    return f"{took:.1f} s, lost {contender.lost(load.offered)}, never below {min(fewest)} ready"


def memory(contender: Contender, _kills: int) -> str:
    """Proportional memory (PSS) of all its processes, and the part that is not workers."""
    time.sleep(2)
    workers = contender.ready()
    sizes = {process.pid: process.memory_full_info().pss / MB for process in contender.processes()}
    return f"{sum(sizes.values()):.0f} MB, {sum(size for pid, size in sizes.items() if pid not in workers):.0f} its own"


def logging(contender: Contender, _kills: int) -> str:
    """CPU of all that is not a worker, while the workers write a thousand lines a second each."""
    time.sleep(2)
    own = [process for process in contender.processes() if process.pid not in contender.ready()]
    before, at = _spent(own), time.monotonic()
    time.sleep(_LOG_S)
    return f"{100 * (_spent(own) - before) / (time.monotonic() - at):.1f} %"


def _spent(processes: list[psutil.Process]) -> float:
    return sum(cpu(process) for process in processes)


MEASURES: tuple[tuple[str, Callable[[Contender, int], str], int, int], ...] = (
    ("kill -9 to ready, 8 workers under load", killed, 8, 0),
    ("reload of 8 workers under load", reloaded, 8, 0),
    ("memory of 16 workers", memory, 16, 0),
    ("supervisor's CPU, 16 x 1,000 lines/s", logging, 16, 1000),
)


def one(kind: type[Contender], measure: Callable[[Contender, int], str], count: int, lines: int, kills: int) -> str:
    """One figure of one contender, on a store and in a folder of its own; or why there is none."""
    try:
        program(kind.needs)
    except MissingError as error:
        return str(error)
    with store() as url, tempfile.TemporaryDirectory(prefix="hb-") as folder:
        contender = kind(Path(folder), url, count, lines)
        try:
            contender.up()
            return measure(contender, kills)
        finally:
            contender.stop()
            for process in contender.processes():
                process.kill()


def main() -> None:
    """Prints a table for each measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--only", default="", help="contenders whose name contains it")
    options = parser.parse_args()
    print(describe())
    for title, measure, count, lines in MEASURES:
        print(f"\n{title}")
        for kind in CONTENDERS:
            if options.only.lower() not in kind.name.lower() or (lines and kind in {Pool, Gunicorn}):
                continue
            print(f"  {kind.name:20} {one(kind, measure, count, lines, options.kills)}", flush=True)
    print()
    for kind in CONTENDERS:
        if kind.note:
            print(f"{kind.name}: {kind.note}")


if __name__ == "__main__":
    main()
