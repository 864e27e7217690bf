"""Tasks with versions, and middleware around all of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from hm_tasks import note

from engine.tracing import tracing
from worker import JobContext, current_job, middleware, task
from worker.tracing.tracing import traced

middleware(traced)


@middleware
@contextmanager
def noted(job: JobContext) -> Iterator[None]:
    note("in")
    try:
        yield
    except LookupError as error:
        note("seen")
        raise OSError("as it is told outside") from error
    finally:
        note("out")


@task("mail", version=3, retries=5)
def mail(to: str, subject: str, copies: int = 1) -> list[object]:
    return [to, subject, copies]


@mail.upcast(1)
def _(old: dict[str, str]) -> dict[str, str]:
    return {"to": old["address"], "subject": "none"}


@mail.upcast(2)
def _counted(old: dict[str, object]) -> dict[str, object]:
    return {**old, "copies": 2}


@task("echo-async")
async def echo_async(value: object) -> object:
    await asyncio.sleep(0)
    return value


@task("told")
def told() -> dict[str, str]:
    span = tracing.current.get()
    return {**current_job().headers, "here": span.traceparent if span else ""}


@task("breaks", retries=0)
async def breaks() -> None:
    raise KeyError("inner")
