"""Tasks for the tests of the worker room; each run is noted in the file named by HM_RUNS."""

import asyncio
import os
import sys
import time
from pathlib import Path

from worker import SoftTimeout, current_job, task

KEPT: list[bytes] = []


def note(word: str = "") -> None:
    """One line a run: job id, attempt, word."""
    with Path(os.environ["HM_RUNS"]).open("a") as file:
        file.write(f"{current_job().id} {current_job().attempt} {word}\n")


@task("add")
def add(left: int, right: int = 1) -> int:
    return left + right


@task("noop")
def noop() -> None: ...


@task("nap", timeout=30)
def nap(seconds: float) -> float:
    note("nap")
    time.sleep(seconds)
    note("woke")
    return seconds


@task("doze", timeout="300ms", retries=0)
async def doze(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return current_job().type


@task("dawdle", timeout="200ms", retries=0)
def dawdle() -> str:
    try:
        time.sleep(30)
    except SoftTimeout:
        return "cleaned up"
    return "never"


@task("late", timeout="200ms", retries=0)
def late() -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        time.sleep(0.01)


@task("deaf", timeout="100ms", hard_timeout="300ms", retries=0)
def deaf() -> None:
    while True:
        try:
            time.sleep(30)
        except SoftTimeout:
            continue


@task("fail")
def fail() -> None:
    note("fail")
    raise ValueError("no luck")


@task("leave", retries=0)
def leave() -> None:
    sys.exit(4)


@task("die-once")
def die_once() -> int:
    note("die")
    if not current_job().crashes:
        os.kill(os.getpid(), 9)
    return os.getpid()


@task("whoami")
def whoami() -> int:
    return os.getpid()


@task("secret")
def secret() -> object:
    return object()


@task("hog", retries=0)
def hog(megabytes: int, seconds: float) -> None:
    kept = bytearray(megabytes << 20)
    for place in range(0, len(kept), 4096):
        kept[place] = 1
    time.sleep(seconds)


@task("hoard")
def hoard(megabytes: int) -> None:
    KEPT.append(b"x" * (megabytes << 20))


@task("stray", retries=0)
def stray(raises: bool) -> None:
    if os.fork() == 0 and raises:
        raise ValueError("in the child")


@task("uppercase")
def uppercase(text: str) -> str:
    return text.upper()


@task("dear", cache="10m")
def dear(n: int | None = None) -> dict[str, int] | None:
    note("dear")
    return None if n is None else {"n": n}


@task("boxed", max_result="1K")
def boxed(size: int) -> str:
    note("boxed")
    return "x" * size


@task("parcel")
async def parcel(size: int) -> str:
    note("parcel")
    return "x" * size


@task("lone", unique={"mode": "pending_or_running", "by": ["user"]})
def lone(user: int, seconds: float) -> int:
    time.sleep(seconds)
    return user


@task("sparing", rate_limit="10/400ms")
def sparing(n: int) -> int:
    return n


@task("single", concurrency_limit=1)
def single(n: int) -> int:
    time.sleep(0.02)
    return n
