"""A worker as teams write it beside a supervisor: jobs from a Redis list, and TERM or INT after the one in hand.

python list_worker.py [lines]      lines: log so many a second instead of working
"""

import os
import signal
import sys
import time
from pathlib import Path

import redis

going = True


def leave(_number: int, _frame: object) -> None:
    global going  # noqa: PLW0603 - a worker of twenty lines, as they are
    going = False


def chatter(lines: int) -> None:
    """Write so many lines of 100 bytes a second."""
    due = time.monotonic()
    while going:
        sys.stdout.write(("x" * 99 + "\n") * (lines // 50))
        sys.stdout.flush()
        due += 0.02
        time.sleep(max(0.0, due - time.monotonic()))


def work(store: redis.Redis) -> None:
    """Take and do one job after the other."""
    while going:
        taken = store.blpop(["bench:list"], timeout=1)
        if taken:
            number, _, seconds = taken[1].decode().partition(" ")
            time.sleep(float(seconds))
            store.sadd("bench:done", number)


signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, leave)
connection = redis.Redis.from_url(os.environ["BENCH_STORE"])
connection.ping()
Path(os.environ["BENCH_READY"], str(os.getpid())).touch()
if len(sys.argv) > 1:
    chatter(int(sys.argv[1]))
else:
    work(connection)
