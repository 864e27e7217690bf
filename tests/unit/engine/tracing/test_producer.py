import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace import SpanKind, StatusCode

from engine import Flow, NewJob, QueueFull
from engine.entrance.carrier import Carrier
from engine.entrance.enqueue import Detour
from engine.entrance.entrance import Entrance
from engine.entrance.submit_many import Taken
from engine.flows import flow_calls
from engine.flows.flow_calls import Submission
from engine.payloads.payload import decode_options
from engine.tracing import tracing
from engine.tracing.producer import Producer
from tests.support.spans import Kept, id_of, kept, parent_of

__all__ = ["kept"]
CALLER = tracing.Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


def sent(question, *replies):
    """What a client would send for this, when the store answers so; and what came of it."""
    calls, rest = [], iter(replies)
    try:
        call = next(question)
        while True:
            calls.append(call)
            reply = next(rest)
            call = question.throw(reply) if isinstance(reply, Exception) else question.send(reply)
    except StopIteration as end:
        return calls, end.value


def entrance(**carrying):
    return Entrance("hm:{default}", Carrier(**carrying))


def headers_of(call, at=5):
    return decode_options(call.args[at]).h


def test_a_span_lasts_until_the_store_has_the_job_and_travels_in_its_headers(kept: Kept):
    with kept.tracer.start_as_current_span("above") as above:
        [call], accepted = sent(entrance().accept(NewJob("t", queue="q"), durable=False), ["1-1-1"])
    span = kept.named("enqueue t")
    assert accepted.id == "1-1-1"
    assert span.kind is SpanKind.PRODUCER
    assert parent_of(span) == id_of(above)
    assert tracing.parse(headers_of(call)["traceparent"]).span_id == id_of(span)
    assert dict(span.attributes) == {
        "messaging.system": "herdsman",
        "messaging.operation.name": "enqueue",
        "messaging.operation.type": "send",
        "messaging.destination.name": "q",
        "messaging.message.id": "1-1-1",
        "herdsman.job.type": "t",
    }


def test_what_the_store_refuses_is_an_error_of_the_span(kept: Kept):
    with pytest.raises(QueueFull):
        sent(entrance().accept(NewJob("t"), durable=False), QueueFull("q", 9))
    span = kept.named("enqueue t")
    assert span.status.status_code is StatusCode.ERROR
    assert [event.attributes["exception.type"] for event in span.events] == ["QueueFull"]


def test_who_does_not_wait_for_the_answer_ends_the_span_without_an_error(kept: Kept):
    question = entrance().accept(NewJob("t"), durable=False)
    next(question)
    question.close()
    assert kept.named("enqueue t").status.status_code is StatusCode.UNSET


def test_a_job_that_names_its_trace_stays_in_it(kept: Kept):
    job = NewJob("t", headers={"other": "x", **CALLER.headers()})
    with kept.tracer.start_as_current_span("somewhere else"):
        [call], _ = sent(entrance().accept(job, durable=False), ["1-1-1"])
    span = kept.named("enqueue t")
    assert parent_of(span) == CALLER.span_id
    assert headers_of(call)["other"] == "x"
    assert tracing.parse(headers_of(call)["traceparent"]).span_id == id_of(span)


def test_what_the_middleware_of_a_process_without_opentelemetry_began_goes_on(kept: Kept):
    token = tracing.current.set(CALLER)
    try:
        sent(entrance().accept(NewJob("t"), durable=False), ["1-1-1"])
        sent(entrance(middleware=[tracing.propagate]).accept(NewJob("u"), durable=False), ["1-1-1"])
    finally:
        tracing.current.reset(token)
    assert parent_of(kept.named("enqueue t")) == parent_of(kept.named("enqueue u")) == CALLER.span_id


def test_many_jobs_have_one_span_and_those_of_other_traces_keep_theirs(kept: Kept):
    with kept.tracer.start_as_current_span("above") as above:
        here = tracing.Trace(f"{above.get_span_context().trace_id:032x}", id_of(above))
        jobs = [("t", 1), NewJob("u", headers=CALLER.headers()), NewJob("t", headers=here.headers())]
        [call], ids = sent(entrance().accept_all(jobs, "q", durable=False), ["1-1-1", "1-1-2", "1-1-3"])
    span = kept.named("enqueue jobs")
    assert span.attributes["messaging.batch.message_count"] == 3
    assert len(ids) == 3
    told = [decode_options(part).h for part in call.args if isinstance(part, bytes) and b"traceparent" in part]
    spans = [tracing.parse(one["traceparent"]).span_id for one in told]
    assert spans == [id_of(span), CALLER.span_id, id_of(span)]


def test_a_chunk_that_has_to_go_another_way_is_still_one_span(kept: Kept):
    ways = (Detour({"t": b"{}"}), Taken(["1-1-3", "1-1-2"], 2))
    [_, call], ids = sent(entrance().accept_all([("t", 1), ("u", 1)], None, durable=False), *ways)
    assert ids == ["1-1-3", "1-1-2"]
    assert [span.name for span in kept.spans] == ["enqueue jobs"]
    told = [decode_options(part).h for part in call.args if isinstance(part, bytes) and b"traceparent" in part]
    assert [tracing.parse(one["traceparent"]).span_id for one in told] == [id_of(kept.spans[0])] * 2


def test_all_members_of_a_flow_carry_its_span(kept: Kept):
    flow = Flow("import")
    flow.job("a").then("b", pass_results=True)
    [call], _ = sent(flow_calls.submit(Submission(flow)), ["7", "1-1-1", "1-1-2"])
    span = kept.named("enqueue flow")
    assert span.attributes["herdsman.flow.name"] == "import"
    told = [decode_options(part).h for part in call.args if isinstance(part, bytes) and b"traceparent" in part]
    assert [tracing.parse(one["traceparent"]).span_id for one in told] == [id_of(span)] * 2


def test_who_was_not_sampled_is_not_and_passes_that_on(monkeypatch: pytest.MonkeyPatch):
    kept = Kept(sampler=ParentBased(ALWAYS_OFF))
    monkeypatch.setattr(tracing, "producer", Producer(kept.tracer))
    off = tracing.Trace(CALLER.trace_id, CALLER.span_id, "00", "vendor=1")
    [call], _ = sent(entrance().accept(NewJob("t", headers=off.headers()), durable=False), ["1-1-1"])
    passed = tracing.parse(headers_of(call)["traceparent"], headers_of(call)["tracestate"])
    assert (passed.trace_id, passed.flags, passed.state) == (CALLER.trace_id, "00", "vendor=1")
    assert kept.spans == []


def test_headers_that_would_be_too_long_with_a_trace_go_without(kept: Kept):
    job = NewJob("t", headers={"a": "x" * 4090})
    [call], _ = sent(entrance().accept(job, durable=False), ["1-1-1"])
    assert headers_of(call) == job.headers


def test_without_a_recording_tracer_no_header_is_made(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracing, "producer", Producer(trace.NoOpTracer()))
    [call], _ = sent(entrance().accept(NewJob("t"), durable=False), ["1-1-1"])
    assert call.args[5] == b""
