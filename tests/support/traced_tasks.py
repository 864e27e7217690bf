"""Tasks that are looked at through their spans."""

import asyncio
import os
import signal
from pathlib import Path

from opentelemetry import trace

import config
from engine import Client
from worker import Retry, current_job, task


def _client() -> Client:
    settings = config.load(Path(os.environ["HERDSMAN_CONFIG"]))
    return Client(config.store_url(settings), namespace=config.namespace(settings))


@task("order", retries=3)
def order(secret: str) -> str:
    """Fail once, then have a child do the rest."""
    if current_job().attempt == 1:
        raise ValueError("out of stock")
    with trace.get_tracer(__name__).start_as_current_span("pack the box"), _client() as client:
        client.enqueue("deliver", {"steps": 2})
    return secret


@task("deliver")
async def deliver(steps: int) -> None:
    """Make spans of its own in coroutines and in a thread."""
    tracer = trace.get_tracer(__name__)

    async def step(n: int) -> None:
        with tracer.start_as_current_span(f"step {n}"):
            await asyncio.sleep(0)

    def signed() -> None:
        with tracer.start_as_current_span("signed for"):
            pass

    await asyncio.gather(*(step(n) for n in range(steps)))
    await asyncio.to_thread(signed)


@task("fragile", retries=3)
def fragile() -> None:
    """Take the process along the first time, fail the second, have a member added the third."""
    job = current_job()
    if job.crashes == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if job.attempt == 1:
        raise Retry(0.01, "not yet")
    job.spawn("deliver", {"steps": 1})
