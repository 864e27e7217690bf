"""Tasks that behave, and tasks that do what a test needs; each writes down when it starts and ends."""

import collections
import ctypes
import itertools
import os
import signal
import time

import redis

from tests.support.starts import noted
from worker import Discard, current_job, task

FOR_EVER = 600.0


@task("nap")
def nap(seconds: float = 0.0) -> float:
    """Sleep, and say for how long."""
    with noted():
        time.sleep(seconds)
    return seconds


@task("say")
def say(text: str) -> str:
    """Print a line and its own id."""
    # One write: what several threads print in pieces is mixed up by Python itself.
    print(f"{text} {current_job().id}\n", end="")
    return text


@task("hang-once")
def hang_once() -> str:
    """Hang until killed; behave from the second time on."""
    with noted():
        if current_job().crashes == 0:
            time.sleep(FOR_EVER)
    return "behaved"


@task("stepwise")
def stepwise(steps: int) -> list[int]:
    """Take step after step, saving each; say at which step each of its runs began."""
    job = current_job()
    begun, step = job.checkpoint or ([], 0)
    begun = [*begun, step]
    with noted():
        while step < steps:
            time.sleep(0.05)
            step += 1
            job.save_checkpoint((begun, step), flush=True)
            job.progress(step / steps, f"step {step}")
    return begun


@task("spin", hard_timeout="1s")
def spin() -> None:
    """Never come back, in Python."""
    with noted():
        while True:
            pass


@task("seize", hard_timeout="1s")
def seize() -> None:
    """Never come back, in C, with the interpreter lock held: no other thread runs, no signal handler is called."""
    with noted():
        collections.deque(itertools.repeat(None), maxlen=0)


@task("hold", timeout="30s")
def hold(seconds: float) -> float:
    """Stay in C with the interpreter lock held for so long, and come back."""
    with noted():
        ctypes.PyDLL(None).usleep(ctypes.c_uint(int(seconds * 1e6)))
    return seconds


@task("die")
def die() -> None:
    """Take the process along, every time."""
    with noted():
        os.kill(os.getpid(), signal.SIGKILL)


# Writes an effect only over one of an older run: what a slow or forgotten run writes late changes nothing.
_FENCED = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and tonumber(known) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HINCRBY', KEYS[1] .. ':runs', ARGV[1], 1)
"""


@task("effect")
def effect(url: str, key: str, n: int, kills: bool) -> int:
    """Leave one effect, fenced by the token; one that kills takes its process along the first time it runs."""
    with _store(url) as store:
        store.eval(_FENCED, 1, key, n, current_job().token)
    if kills and current_job().crashes == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


@task("tally")
def tally(results: list[int]) -> int:
    """A chord's callback: what its members returned, added up."""
    with noted():
        return sum(results)


def _store(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


@task("leave")
def leave(status: int) -> None:
    """Exit in the middle of the job, after a last word."""
    print("about to leave", flush=True)
    os._exit(status)


@task("swell")
def swell(size: int) -> None:
    """Grow by so many bytes and stay so."""
    with noted():
        held = bytearray(os.urandom(1)) * size
        time.sleep(FOR_EVER)
        del held


@task("discard")
def discard() -> None:
    """Want nothing of it."""
    raise Discard("nobody needs it")
