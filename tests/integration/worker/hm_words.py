"""Tasks that say how they come along."""

import asyncio
import time
from pathlib import Path

from hm_tasks import note

from worker import current_job, task


@task("teller")
def teller(gate: str) -> str:
    """Say something, wait until a file is there, say something more."""
    job = current_job()
    job.progress(0.25, "a quarter\nis done")
    job.log("first")
    while not Path(gate).exists():
        time.sleep(0.01)
    job.progress(1)
    job.log("last\nbut one")
    return "told"


@task("teller-async")
async def teller_async(gate: str) -> str:
    """The same in a coroutine."""
    job = current_job()
    job.progress(0.25, "a quarter\nis done")
    job.log("first")
    while not await asyncio.to_thread(Path(gate).exists):  # noqa: ASYNC110 - the event is in another process
        await asyncio.sleep(0.01)
    job.progress(1)
    job.log("last\nbut one")
    return "told"


@task("mute")
def mute() -> None:
    """Say one word and return nothing."""
    current_job().log("only this")


@task("babble")
def babble(lines: int) -> None:
    """Say too much."""
    job = current_job()
    for n in range(lines):
        job.progress(n / lines, f"line {n}")
        job.log(f"line {n} " + "x" * 50)


@task("goes-on", retries=3, backoff=0.05)
def goes_on(flush: bool) -> list[object]:
    """Count from where the run before it stopped."""
    job = current_job()
    found = job.checkpoint
    note(f"found={found}")
    step = found["step"] if found else 0
    job.save_checkpoint({"step": step + 1}, flush=flush)
    if step < 3:
        raise ValueError(step)
    return [job.checkpoint, job.attempt]


@task("greedy", retries=0)
def greedy() -> None:
    """Save more than may be."""
    current_job().save_checkpoint(b"x" * 70_000)
