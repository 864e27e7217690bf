import asyncio

import httpx
import pytest
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace import SpanKind, StatusCode, get_current_span

from engine.tracing import tracing
from gateway.server import create_app
from gateway.tracing import Traced
from tests.support.spans import Kept, id_of, parent_of

CALLER = tracing.Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")


def ask(app, method, path, **headers):
    async def asked():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(asked())


@pytest.fixture
def app(at_hand):
    return create_app(at_hand)


def test_a_request_is_a_server_span_named_by_its_route(app, client, a_job):
    kept = Kept()
    client.jobs_by_id["1-1700000000000-1"] = a_job()
    assert ask(Traced(app, kept.tracer), "DELETE", "/tasks/1-1700000000000-1?running=on").status_code == 409
    [span] = kept.spans
    assert (span.name, span.kind, parent_of(span)) == ("DELETE /tasks/{task_id}", SpanKind.SERVER, "")
    told = dict(span.attributes)
    assert told["http.route"] == "/tasks/{task_id}"
    assert told["url.path"] == "/tasks/1-1700000000000-1"
    assert told["http.response.status_code"] == 409
    assert told["http.request.method"] == "DELETE"
    assert "running" not in repr(told)
    assert span.status.status_code is StatusCode.UNSET


def test_a_caller_s_trace_goes_on_and_is_that_of_what_is_done_inside():
    kept, seen = Kept(), []

    async def inside(scope, receive, send):
        seen.extend((tracing.current.get(), get_current_span().get_span_context().span_id))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    ask(Traced(inside, kept.tracer), "GET", "/x", **CALLER.headers())
    [span] = kept.spans
    assert parent_of(span) == CALLER.span_id
    assert seen[0].span_id == id_of(span) == f"{seen[1]:016x}"
    assert span.name == "GET"
    assert tracing.current.get() is None


def test_a_caller_that_does_not_sample_is_respected():
    kept, seen = Kept(sampler=ParentBased(ALWAYS_OFF)), []

    async def inside(scope, receive, send):
        seen.append(tracing.current.get())
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    ask(Traced(inside, kept.tracer), "GET", "/x", traceparent=CALLER.traceparent[:-2] + "00")
    assert kept.spans == []
    assert (seen[0].trace_id, seen[0].flags) == (CALLER.trace_id, "00")


def test_client_s_errors_are_no_failures_and_the_gateway_s_own_are(app, client, store_down):
    kept = Kept()
    traced = Traced(app, kept.tracer)
    assert ask(traced, "BREW", "/nowhere").status_code == 404
    client.refuse = store_down
    assert ask(traced, "GET", "/queues").status_code == 503
    client.refuse = RuntimeError("on purpose")
    assert ask(traced, "GET", "/queues").status_code == 500
    lost, away, broken = kept.spans
    assert (lost.name, lost.status.status_code) == ("HTTP", StatusCode.UNSET)
    assert lost.attributes["http.request.method"] == "_OTHER"
    assert (away.attributes["error.type"], away.status.status_code) == ("503", StatusCode.ERROR)
    assert [event.attributes["exception.message"] for event in broken.events] == ["on purpose"]
    assert broken.attributes["http.response.status_code"] == 500
    assert broken.attributes["error.type"] == "RuntimeError"


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics"])
def test_probes_make_no_spans_unless_they_come_with_a_trace(app, path):
    kept = Kept()
    ask(Traced(app, kept.tracer), "GET", path)
    assert kept.spans == []
    ask(Traced(app, kept.tracer), "GET", path, **CALLER.headers())
    assert len(kept.spans) == 1


def test_what_is_no_request_passes_untouched():
    kept, seen = Kept(), []

    async def inside(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(Traced(inside, kept.tracer)({"type": "websocket", "path": "/ws", "headers": []}, None, None))
    assert (seen, kept.spans) == (["websocket"], [])


def test_a_job_submitted_inside_is_under_the_request_s_span(app, client):
    kept = Kept()
    traced = Traced(app, kept.tracer)

    async def asked():
        transport = httpx.ASGITransport(traced)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            return await http.post("/tasks", json={"type": "uppercase", "data": "x"}, headers=CALLER.headers())

    assert asyncio.run(asked()).status_code == 202
    [(_, _, options)] = client.enqueued
    assert tracing.parse(options["headers"]["traceparent"]).span_id == id_of(kept.named("POST /tasks"))
