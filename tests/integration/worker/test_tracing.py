"""Runs in a process whose application has a tracer of its own, several at once."""

import os
import socket
import subprocess
import sys

import pytest

from engine import JobState
from tests.support.absent import without
from tests.support.architecture import ROOT
from tests.support.processes import eventually

pytestmark = pytest.mark.process


def seen(pool):
    """(id, parent, links, outcome, name) of each span that was ended."""
    return [line.split(" ", 4) for line in pool.runs_file.read_text().splitlines()]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_the_application_s_own_tracer_makes_the_spans_and_ours_stays_away(start, sweeper, monkeypatch, concurrency):
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    with socket.create_server(("127.0.0.1", 0)) as collector:
        collector.settimeout(0)
        tracing = {"enabled": True, "endpoint": f"http://127.0.0.1:{collector.getsockname()[1]}"}
        pool = start(tasks=["hm_traced"], concurrency=concurrency, sections={"tracing": tracing})
        ids = pool.client.enqueue_many([("threaded", None), ("awaited", None)] * 2)
        pool.client.wait(ids, 10)
        wrong = [pool.client.enqueue(name, data, retries=0) for name, data in (("hasty", None), ("typed", "x"))]
        assert {pool.ended(job).state for job in wrong} == {JobState.DEAD}
        pool.run("patient")
        eventually(lambda: len(seen(pool)) >= 13, 10, pool.runs_file.read_text)
        assert pool.stop() == 0, pool.text()
        with pytest.raises(BlockingIOError):
            collector.accept()
    spans = seen(pool)
    runs = {own: name for own, _, _, _, name in spans if name.startswith("process ")}
    own = sorted((name, runs[parent]) for _, parent, _, _, name in spans if name.startswith("in a "))
    assert own == [("in a coroutine", "process awaited")] * 2 + [("in a thread", "process threaded")] * 2
    assert len({parent for _, parent, _, _, name in spans if name.startswith("in a ")}) == 4
    told = sorted((name, outcome, links) for _, _, links, outcome, name in spans if name.startswith("process "))
    assert told == [
        *[("process awaited", "completed", "0")] * 2,
        ("process hasty", "dead", "0"),
        ("process patient", "completed", "1"),
        ("process patient", "released", "0"),
        *[("process threaded", "completed", "0")] * 2,
        ("process typed", "dead", "0"),
    ]


def test_a_worker_or_gateway_by_itself_says_what_to_install(tmp_path):
    config = tmp_path / "c.yaml"
    config.write_text("pools: [{name: a, tasks: [hm_tasks]}]\ntracing: {enabled: true}\n")
    absent = without(tmp_path, "opentelemetry.sdk", "opentelemetry.exporter")
    for room in ("worker", "gateway"):
        done = subprocess.run(
            [sys.executable, "-m", room, "-c", str(config)],
            env={**os.environ, "PYTHONPATH": f"{absent}:{ROOT}"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert "c.yaml:2:20: tracing.enabled: tracing needs the OpenTelemetry packages" in done.stderr
        assert "Traceback" not in done.stderr
