"""The tasks that are measured: one that does nothing, one that says when it started, one that burns CPU."""

import os
import time

from worker import task

_log = (
    os.open(os.environ["BENCH_LATENCIES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    if "BENCH_LATENCIES" in os.environ
    else -1
)


@task("noop", queue="bench")
def noop(to: str, subject: str, template: str) -> None:
    """Nothing, with the seed's example payload, typed."""


@task("stamp", queue="bench")
def stamp(at: int) -> None:
    """Writes the nanoseconds since `at` (monotonic, this machine's): from before enqueue to the task's first line."""
    os.write(_log, b"%d\n" % (time.monotonic_ns() - at))


@task("burn", queue="bench")
def burn(seconds: float) -> None:
    """Keeps one CPU busy for so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
