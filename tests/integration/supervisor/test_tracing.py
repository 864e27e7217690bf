"""One trace through a whole herd, as a collector receives it."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.support.absent import without
from tests.support.collector import Collector, Seen
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
POOL = {"tasks": ["tests.support.traced_tasks"], "instances": 2}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    made = Collector()
    yield made
    print(made.told())
    made.close()


def traced(make_herd: Callable[..., Herd], endpoint: str, **more: Any) -> Herd:
    return make_herd(
        pool=POOL,
        with_gateway=True,
        queues={"default": {"backoff": {"base": "20ms"}}},
        tracing={"enabled": True, "endpoint": endpoint, "headers": {"x-key": "abc"}, **more},
    )


def post(herd: Herd, path: str, body: Any, **headers: str) -> Any:
    return httpx.post(f"http://127.0.0.1:{herd.gateway_port}{path}", json=body, headers=headers, timeout=30).json()


def test_one_trace_leads_from_the_request_through_failure_and_retry_to_the_child(
    make_herd: Callable[..., Herd], collector: Collector
) -> None:
    herd = traced(make_herd, collector.endpoint)
    body = {"type": "order", "data": {"secret": "hush"}}
    done = post(herd, "/tasks?wait=20s", body, traceparent=f"{CALLER}-01")
    assert done["status"] == "completed"
    for name in ("process deliver", "pack the box", "POST /tasks"):
        eventually(lambda: collector.having(name), 15, collector.told)  # noqa: B023 - called here
    assert {seen.trace for seen in collector.spans} == {CALLER[3:35]}
    see_the_tree(collector)
    see_what_the_spans_say(collector, done["id"])

    before = len(collector.spans)
    assert post(herd, "/tasks?wait=20s", body, traceparent=f"{CALLER}-00")["status"] == "completed"
    post(herd, "/tasks?wait=20s", {"type": "deliver", "data": {"steps": 0}})
    eventually(lambda: len(collector.having("POST /tasks")) == 2, 15, collector.told)
    eventually(lambda: len(collector.having("process deliver")) == 2, 15, collector.told)
    assert all(seen.trace != CALLER[3:35] for seen in collector.spans[before:]), "who did not sample is respected"


def see_the_tree(collector: Collector) -> None:
    def one(name: str, n: int = 0) -> Seen:
        return collector.having(name)[n]

    request, sent, child, box = one("POST /tasks"), one("enqueue order"), one("enqueue deliver"), one("pack the box")
    first, second, last = one("process order"), one("process order", 1), one("process deliver")
    tree = [
        (request, CALLER[36:52], "server"),
        (sent, request.id, "producer"),
        (one("wait default"), sent.id, "internal"),
        (first, sent.id, "consumer"),
        (one("wait default", 1), sent.id, "internal"),
        (second, sent.id, "consumer"),
        (box, second.id, "internal"),
        (child, box.id, "producer"),
        (last, child.id, "consumer"),
        (one("step 0"), last.id, "internal"),
        (one("step 1"), last.id, "internal"),
        (one("signed for"), last.id, "internal"),
    ]
    assert [(seen.name, seen.parent, seen.kind) for seen, _, _ in tree] == [
        (seen.name, parent, kind) for seen, parent, kind in tree
    ]
    assert (first.links, second.links) == ([], [first.id])
    assert (one("wait default").end, one("wait default", 1).end) == (first.start, second.start)
    assert first.end <= second.start


def see_what_the_spans_say(collector: Collector, job: str) -> None:
    [request], [sent], (first, second) = map(collector.having, ("POST /tasks", "enqueue order", "process order"))
    assert request.attributes["http.route"] == "/tasks"
    assert request.attributes["http.response.status_code"] == 200
    assert [run.attributes["herdsman.job.attempt"] for run in (first, second)] == [1, 2]
    assert [run.attributes["herdsman.job.outcome"] for run in (first, second)] == ["retried", "completed"]
    assert {seen.attributes["messaging.message.id"] for seen in (sent, first, second)} == {job}
    assert first.attributes["messaging.destination.name"] == "default"
    assert first.attributes["error.type"] == "ValueError"
    assert first.events == [("exception", {"exception.type": "ValueError", "exception.message": "out of stock"})]
    assert (first.failed, second.failed) == (True, False)
    assert first.resource["service.name"] == "herdsman"
    assert "hush" not in repr(collector.spans), "a payload is in no span"
    assert collector.paths == {"/v1/traces"}
    assert collector.headers[0]["x-key"] == "abc"


def test_the_run_after_a_worker_s_death_and_members_of_a_flow_are_in_the_trace(
    make_herd: Callable[..., Herd], collector: Collector
) -> None:
    herd = traced(make_herd, collector.endpoint)
    zygotes = {pid: psutil.Process(pid).num_threads() for pid in herd.pids("zygote")}
    assert set(zygotes.values()) == {1}, "exporters are started after the fork"
    assert post(herd, "/tasks?wait=30s", {"type": "fragile"})["status"] == "completed"
    eventually(lambda: len(collector.having("process fragile")) == 2, 15, collector.told)
    eventually(lambda: collector.having("process deliver"), 15, collector.told)
    eventually(lambda: collector.having("POST /tasks"), 15, collector.told)
    rescued, again = collector.having("process fragile")
    sent, member = collector.having("enqueue fragile")[0], collector.having("enqueue deliver")[0]
    assert {rescued.parent, again.parent} == {sent.id}
    assert [run.attributes["herdsman.job.crashes"] for run in (rescued, again)] == [1, 1]
    assert again.links == [rescued.id]
    assert member.parent == again.id
    assert collector.having("process deliver")[0].parent == member.id
    assert len({seen.trace for seen in collector.spans}) == 1
    assert zygotes == {pid: psutil.Process(pid).num_threads() for pid in herd.pids("zygote")}


def test_a_collector_that_never_answers_holds_up_no_request_no_job_and_no_drain(
    make_herd: Callable[..., Herd], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "600")  # who waited for it would be killed, and seen to be
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, reads nothing
        herd = traced(make_herd, f"http://127.0.0.1:{silent.getsockname()[1]}")
        for _ in range(3):
            assert post(herd, "/tasks?wait=20s", {"type": "deliver", "data": {"steps": 1}})["status"] == "completed"
        silent.settimeout(10)
        with silent.accept()[0]:  # somebody waits for an answer
            assert herd.stop() == 0
    log = "".join(path.read_text(errors="replace") for path in Path(herd.config.data_dir).rglob("*.log"))
    text = herd.tail() + log
    assert text.count("worker leaves: drained") >= 2, text
    assert "gateway: stopped" in text


def test_check_and_start_say_what_to_install(make_herd: Callable[..., Herd], tmp_path: Path) -> None:
    absent = without(tmp_path, "opentelemetry")
    herd = make_herd(start=False, tracing={"enabled": True})
    environment = herd.environment
    herd.environment = lambda: {**environment(), "PYTHONPATH": absent}  # type: ignore[method-assign]
    for verb in ((), ("check",)):
        done = herd.command(*verb)
        assert done.returncode == 2
        assert "tracing.enabled: tracing needs the OpenTelemetry packages" in done.stderr
        assert "pip install 'herdsman[otel]'" in done.stderr
        assert "Traceback" not in done.stderr
