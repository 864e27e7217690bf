"""Tasks of an application that has set up its tracer itself: a line for each span, in the file named by HM_RUNS."""

import asyncio
import os
import time
from pathlib import Path

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from worker import Snooze, current_job, on_start, task


def line(span: ReadableSpan) -> str:
    parent = f"{span.parent.span_id:016x}" if span.parent else "-"
    outcome = (span.attributes or {}).get("herdsman.job.outcome", "")
    return f"{span.context.span_id:016x} {parent} {len(span.links)} {outcome} {span.name}\n"


@on_start
def trace_into_a_file() -> None:
    provider = TracerProvider()
    file = Path(os.environ["HM_RUNS"]).open("a")  # noqa: SIM115 - for the process's whole life
    provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=file, formatter=line)))
    trace.set_tracer_provider(provider)


@task("threaded")
def threaded() -> None:
    with trace.get_tracer("shop").start_as_current_span("in a thread"):
        time.sleep(0.01)


@task("awaited")
async def awaited() -> None:
    with trace.get_tracer("shop").start_as_current_span("in a coroutine"):
        await asyncio.sleep(0.01)


@task("hasty", timeout=0.05)
def hasty() -> None:
    while True:
        time.sleep(0.005)


@task("patient")
def patient() -> None:
    if len(Path(os.environ["HM_RUNS"]).read_text().split("process patient")) == 1:
        raise Snooze(0.001)
    assert current_job().attempt == 1


@task("typed")
def typed(n: int) -> None: ...
