"""The same work as a task of a pool."""

import os
import time
from pathlib import Path

from worker import on_start, task


@on_start
def ready() -> None:
    Path(os.environ["BENCH_READY"], str(os.getpid())).touch()


@task("nap")
def nap(seconds: float) -> None:
    time.sleep(seconds)
