"""Tasks whose jobs are cancelled while they run."""

import asyncio
import time

from hm_tasks import note

from worker import Cancelled, current_job, task


@task("work", retries=0)
def work(seconds: float) -> float:
    note("begun")
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            time.sleep(0.01)
    except Exception:  # noqa: BLE001 - what a task may well write, and must not swallow a cancel
        note("swallowed")
    except Cancelled:
        note(f"cancelled={current_job().cancelled}")
        raise
    return seconds


@task("await", retries=0)
async def wait(seconds: float) -> float:
    note("begun")
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        note(f"cancelled={current_job().cancelled}")
        raise
    return seconds


@task("finish", retries=0)
def finish() -> str:
    note("begun")
    try:
        time.sleep(30)
    except Cancelled:
        return "done all the same"
    return "never"


@task("stumble", retries=5)
def stumble() -> None:
    note("begun")
    try:
        time.sleep(30)
    except Cancelled:
        raise ValueError("while cleaning up") from None


@task("unmoved", retries=0)
def unmoved() -> None:
    note("begun")
    while True:
        try:
            time.sleep(0.05)
        except Cancelled:
            note("unmoved")
