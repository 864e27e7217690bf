import asyncio
import subprocess
import sys
import threading

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace import SpanKind, StatusCode

from config import Config
from engine import JobError
from engine.payloads.payload import Options, encode_options
from engine.store.claims import Claimed
from engine.tracing import tracing
from tests.support.architecture import ROOT
from tests.support.spans import Kept, id_of, parent_of
from worker.run.cancelled import Cancelled
from worker.run.context import current_job, running
from worker.run.middleware import surrounded
from worker.tracing.run_spans import Runs
from worker.tracing.tracing import consumer, traced

CALLER = tracing.Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
BEFORE = tracing.Trace(CALLER.trace_id, "00000000000000aa")
NOW = 1_700_000_000_000  # ms, by the store's clock


class Clock:
    """Plans, as far as spans ask them."""

    def store_ms(self, _at_ns):
        return NOW


def job(token=1, ready=NOW - 100, options=None, **more):
    said = encode_options(Options(h=CALLER.headers()) if options is None else options)
    known = {"attempts": 0, "crashes": 0, **more}
    return Claimed("1-1-1", 1, NOW - 500, 1, token, "t", b"", said, known["attempts"], known["crashes"], ready, "q")


def runs_into(kept):
    runs = Runs()
    runs._tracer, runs._plans = kept.tracer, Clock()
    return runs


def run(runs, one, function, *, is_async=False):
    """As the executor does, but for the ledger."""
    before = running.set((one, 0))
    around = surrounded(function, [runs.layer], is_async=is_async)
    try:
        return asyncio.run(around()) if is_async else around()
    finally:
        running.reset(before)


def here():
    return f"{trace.get_current_span().get_span_context().span_id:016x}"


def test_a_run_and_the_wait_before_it_stand_side_by_side_under_the_enqueue():
    kept = Kept()
    runs = runs_into(kept)
    inside = run(runs, job(), lambda: (here(), tracing.current.get().span_id))
    runs.ended(job(), "completed")
    wait, process = kept.spans
    assert inside == (id_of(process), id_of(process))
    assert tracing.current.get() is None
    assert (wait.name, wait.kind, parent_of(wait)) == ("wait q", SpanKind.INTERNAL, CALLER.span_id)
    assert (process.name, process.kind, parent_of(process)) == ("process t", SpanKind.CONSUMER, CALLER.span_id)
    assert wait.end_time == process.start_time
    assert wait.end_time - wait.start_time == 500_000_000
    [ready] = wait.events
    assert (ready.name, ready.timestamp - wait.start_time) == ("ready", 400_000_000)
    assert process.links == ()
    assert dict(process.attributes) == {
        "messaging.system": "herdsman",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "q",
        "messaging.message.id": "1-1-1",
        "herdsman.job.type": "t",
        "herdsman.job.attempt": 1,
        "herdsman.job.crashes": 0,
        "herdsman.job.wait_ms": 500,
        "herdsman.job.outcome": "completed",
    }


def test_a_retry_is_linked_to_the_attempt_before_it_and_waited_since_it_was_due():
    kept = Kept()
    runs = runs_into(kept)
    again = job(options=Options(h=CALLER.headers(), tp=BEFORE.traceparent), attempts=1)
    run(runs, again, here)
    traceparent = runs.ended(again, "completed")
    wait, process = kept.spans
    assert [f"{link.context.span_id:016x}" for link in process.links] == [BEFORE.span_id]
    assert (parent_of(process), process.attributes["herdsman.job.attempt"]) == (CALLER.span_id, 2)
    assert wait.end_time - wait.start_time == 100_000_000
    assert tracing.parse(traceparent).span_id == id_of(process)


def test_a_retry_of_a_job_that_came_without_a_trace_stays_in_that_of_its_first_attempt():
    kept = Kept()
    runs = runs_into(kept)
    first = job(options=Options())
    run(runs, first, here)
    traceparent = runs.ended(first, "retried", JobError("ValueError", "no"))
    again = job(token=2, options=Options(tp=traceparent), attempts=1)
    run(runs, again, here)
    runs.ended(again, "completed")
    root, _wait, second = kept.spans
    assert (root.parent, parent_of(second)) == (None, id_of(root))


@pytest.mark.parametrize(
    ("outcome", "error", "status", "attribute"),
    [
        ("retried", JobError("ValueError", "no"), StatusCode.ERROR, ("error.type", "ValueError")),
        ("dead", JobError("SoftTimeout", "late"), StatusCode.ERROR, ("error.type", "SoftTimeout")),
        ("dead", None, StatusCode.ERROR, ("herdsman.job.outcome", "dead")),
        ("released", JobError("Snooze", "later"), StatusCode.UNSET, ("herdsman.job.reason", "Snooze")),
        ("cancelled", JobError("Cancelled", ""), StatusCode.UNSET, ("herdsman.job.reason", "Cancelled")),
    ],
)
def test_what_became_of_the_attempt_is_said_also_of_one_that_never_reached_its_task(outcome, error, status, attribute):
    kept = Kept()
    runs_into(kept).ended(job(), outcome, error)
    process = kept.named("process t")
    assert process.status.status_code is status
    assert process.attributes["herdsman.job.outcome"] == outcome
    assert process.attributes[attribute[0]] == attribute[1]
    told = [dict(event.attributes) for event in process.events]
    failed = error and status is StatusCode.ERROR
    assert told == ([{"exception.type": error.type, "exception.message": error.message}] if failed else [])


def test_what_the_task_raises_passes_and_long_messages_are_cut():
    kept = Kept()
    runs = runs_into(kept)

    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(runs, job(), fails)
    runs.ended(job(), "dead", JobError("ValueError", "x" * 5000))
    assert len(kept.named("process t").events[0].attributes["exception.message"]) == 1000


def test_coroutines_and_threads_each_see_the_span_of_their_own_job():
    kept = Kept()
    runs = runs_into(kept)
    barrier, seen = threading.Barrier(2), {}

    async def waits():
        await asyncio.sleep(0.001)
        return here()

    async def two():
        async def one(n):
            running.set((job(n), 0))
            return await surrounded(waits, [runs.layer], is_async=True)()

        return await asyncio.gather(one(1), one(2))

    def threaded(n):
        run(runs, job(n), lambda: (barrier.wait(5), seen.__setitem__(n, here())))

    own = asyncio.run(two())
    threads = [threading.Thread(target=threaded, args=(n,)) for n in (3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in (1, 2, 3, 4):
        runs.ended(job(n), "completed")
    assert [id_of(span) for span in kept.spans if span.name == "process t"] == [*own, seen[3], seen[4]]


def test_a_broken_tracer_fails_no_job_and_is_told_of_once(caplog: pytest.LogCaptureFixture):
    class Broken:
        def start_span(self, *_args, **_named):
            raise RuntimeError("out of order")

    runs = Runs()
    runs._tracer = Broken()
    for n in (1, 2):
        assert run(runs, job(n), lambda: "done") == "done"
        assert runs.ended(job(n), "completed") == ""
    assert [record.message for record in caplog.records] == ["tracing failed; jobs run on, and this is said once"]


def test_a_cancel_that_comes_while_a_span_begins_still_reaches_the_job():
    class Late:
        def start_span(self, *_args, **_named):
            raise Cancelled("the job was cancelled")

    runs = Runs()
    runs._tracer = Late()
    with pytest.raises(Cancelled):
        run(runs, job(), lambda: "done")


def test_who_was_not_sampled_leaves_no_span_and_passes_that_on():
    kept = Kept(sampler=ParentBased(ALWAYS_OFF))
    runs = runs_into(kept)
    off = job(options=Options(h={"traceparent": CALLER.traceparent[:-2] + "00"}))
    current = run(runs, off, tracing.current.get)
    assert (current.trace_id, current.flags) == (CALLER.trace_id, "00")
    assert runs.ended(off, "completed").endswith("-00")
    assert kept.spans == []


def test_the_middleware_for_those_without_opentelemetry_does_nothing_then(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracing, "producer", lambda *_: None)
    runs = runs_into(Kept())

    def task():
        with traced(current_job()):
            return here() == tracing.current.get().span_id

    assert run(runs, job(), task)


@pytest.mark.parametrize(
    ("first", "modules"),
    [
        # The store's library would load it by itself where it finds it.
        (
            "sys.modules['opentelemetry'] = None",
            "worker.zygote.start, worker.__main__, engine.clients.async_client, herdsman_pytest",
        ),
        ("", "gateway.serving"),  # the web framework needs a part of it
    ],
)
def test_what_is_off_loads_nothing(first, modules):
    code = f"""
import sys
{first}
import {modules}
ours = {{
    "engine.tracing.spans", "engine.tracing.producer", "worker.tracing.run_spans", "gateway.tracing",
    "opentelemetry.exporter.otlp",
}}
print(sorted(ours & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == "[]"


def test_what_is_off_puts_nothing_around_a_run():
    assert consumer(Config()) is None
