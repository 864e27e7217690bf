import json
import logging
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult

from engine.tracing.spans import Delivery, Telemetry, traces_url
from tests.support.architecture import ROOT
from tests.support.spans import Kept

SETTINGS = {"endpoint": "http://file:1", "service_name": "filed", "sample": 0.25, "headers": {"from": "file"}}
# What a process of its own makes of settings and environment; one process can set up its tracer only once.
_LOOK = """
import json, sys
from opentelemetry import trace
from engine.tracing import spans
made, delivery = spans._provider(json.loads(sys.argv[1]), "pool.0")
exporter = delivery and delivery._exporter
print(json.dumps({
    "service": made.resource.attributes["service.name"], "part": made.resource.attributes["service.instance.id"],
    "sampler": made.sampler.get_description(), "endpoint": exporter and exporter._endpoint,
    "headers": exporter and dict(exporter._client._headers),
}))
"""


def look(**environment: str):
    command = [sys.executable, "-c", _LOOK, json.dumps(SETTINGS)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return json.loads(subprocess.run(
        command, env={**plain, **environment}, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout)  # fmt: skip


def test_what_the_file_says_is_done():
    found = look()
    assert found["service"] == "filed"
    assert found["part"].endswith("/pool.0")
    assert found["endpoint"] == "http://file:1/v1/traces"
    assert found["headers"]["from"] == "file"
    assert "TraceIdRatioBased{0.25}" in found["sampler"]
    assert "ParentBased" in found["sampler"]


def test_the_standard_variables_go_before_the_file():
    found = look(
        OTEL_EXPORTER_OTLP_ENDPOINT="http://env:2",
        OTEL_EXPORTER_OTLP_HEADERS="from=env",
        OTEL_SERVICE_NAME="named",
        OTEL_TRACES_SAMPLER="always_off",
    )
    assert (found["service"], found["endpoint"]) == ("named", "http://env:2/v1/traces")
    assert found["headers"]["from"] == "env"
    assert "AlwaysOff" in found["sampler"]
    assert look(OTEL_TRACES_EXPORTER="none")["endpoint"] is None
    assert look(OTEL_RESOURCE_ATTRIBUTES="service.name=attributed")["service"] == "attributed"


def test_a_provider_that_the_application_has_set_up_is_used_and_kept():
    code = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
own = TracerProvider()
trace.set_tracer_provider(own)
import threading
from engine.tracing import spans, tracing
made = spans.install({"endpoint": "http://127.0.0.1:1"})
kept = made.provider is own is trace.get_tracer_provider()
print(kept, made.delivery, threading.active_count(), tracing.producer is None)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    said = done.stdout
    assert said.split() == ["True", "None", "1", "False"]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://c:4318", "http://c:4318/v1/traces"),
        ("http://c:4318/", "http://c:4318/v1/traces"),
        ("https://c/otlp", "https://c/otlp/v1/traces"),
        ("https://c/v1/traces", "https://c/v1/traces"),
    ],
)
def test_the_path_for_traces_is_added_where_it_is_missing(base, url):
    assert traces_url(base) == url


def test_the_log_hears_once_that_nobody_takes_spans_and_once_that_somebody_does(caplog: pytest.LogCaptureFixture):
    results = [SpanExportResult.SUCCESS, *[SpanExportResult.FAILURE] * 3, *[SpanExportResult.SUCCESS] * 2]
    library, answers = logging.getLogger("opentelemetry.exporter"), iter(results)
    before = library.level
    try:
        delivery = Delivery(SimpleNamespace(export=lambda _: next(answers)), "http://c:1")
        with caplog.at_level(logging.INFO):
            assert [delivery.export([1, 2]) for _ in results] == results
    finally:
        library.setLevel(before)
    assert [record.message for record in caplog.records] == [
        "http://c:1 takes no traces: until it does, spans are dropped, and nothing waits for it",
        "http://c:1 takes traces again; 6 spans were dropped meanwhile",
    ]


def test_a_flush_that_hangs_is_left_behind():
    over = threading.Event()
    hanging = Telemetry(Kept().tracer, SimpleNamespace(force_flush=over.wait))
    assert not hanging.flush(0.01)
    over.set()
    assert Telemetry(Kept().tracer, SimpleNamespace(force_flush=lambda: True)).flush(10)
    assert Telemetry(Kept().tracer, object()).flush(), "a provider of one's own need not know how to"
    away = Delivery(SimpleNamespace(export=lambda _: SpanExportResult.FAILURE), "http://c:1")
    away.export([1])
    assert not Telemetry(Kept().tracer, SimpleNamespace(force_flush=over.wait), away).flush(600), "nobody is waited for"
