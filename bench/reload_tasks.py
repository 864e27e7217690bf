"""The task of bench/reload.py: it sleeps, and writes down when it started."""

import os
import time

from worker import current_job, task


@task("load")
def load(seconds: float, enqueued_ns: int) -> None:
    started = time.monotonic_ns()
    line = f"{current_job().id} {enqueued_ns} {started}\n".encode()
    file = os.open(os.environ["RELOAD_BENCH"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line)
    finally:
        os.close(file)
    time.sleep(seconds)
