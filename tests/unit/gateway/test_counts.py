import re
from typing import Any

import pytest

from engine.jobs.job import QueueFigures
from gateway.counts import BUCKETS, Counts
from gateway.exposition import OTHERS, bounded, page


def metric(text: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not in\n{text}"
    return float(found[1])


def test_requests_are_counted_by_template_never_by_path(http: Any) -> None:
    for path in ("/tasks/1-1-1", "/tasks/1-1-2", "/nowhere/1", "/nowhere/2", "/health"):
        http.get(path)
    http.request("BREW", "/health")
    http.post("/tasks", json={"type": "uppercase"})
    http.post("/tasks", content=b"x")
    text = http.get("/metrics").text
    said = "herdsman_gateway_requests_total"
    assert metric(text, f'{said}{{method="GET",route="/tasks/{{task_id}}",status="404"}}') == 2
    assert metric(text, f'{said}{{method="GET",route="none",status="404"}}') == 2
    assert metric(text, f'{said}{{method="POST",route="/tasks",status="202"}}') == 1
    assert metric(text, f'{said}{{method="other",route="none",status="405"}}') == 1
    assert metric(text, 'herdsman_gateway_refused_total{reason="content type"}') == 1
    assert metric(text, "herdsman_gateway_jobs_accepted_total") == 1
    assert metric(text, "herdsman_gateway_in_flight") == 1
    assert metric(text, 'herdsman_gateway_request_seconds_count{route="/tasks"}') == 2
    assert "nowhere" not in text


def test_queues_are_shown_and_left_out_while_the_store_is_away(http: Any, client: Any, store_down: Any) -> None:
    text = http.get("/metrics").text
    assert metric(text, 'herdsman_gateway_queue_depth{queue="low",state="pending"}') == 2
    assert metric(text, 'herdsman_gateway_queue_paused{queue="default"}') == 1
    assert metric(text, "herdsman_gateway_store_up") == 1
    client.refuse = store_down


def test_without_the_store_the_page_says_so(http: Any, client: Any, store_down: Any) -> None:
    client.refuse = store_down
    answer = http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert metric(answer.text, "herdsman_gateway_store_up") == 0
    assert 'queue="' not in answer.text


def test_an_unexpected_error_is_counted_as_500(http: Any, client: Any) -> None:
    client.refuse = RuntimeError("a bug")
    assert http.get("/queues").status_code == 500
    client.refuse = None
    text = http.get("/metrics").text
    assert metric(text, 'herdsman_gateway_requests_total{method="GET",route="/queues",status="500"}') == 1


def test_of_very_many_queues_the_deepest_are_shown_and_the_rest_is_added_up() -> None:
    queues = {f"q{n}": QueueFigures(pending=n, oldest=float(n)) for n in range(10)}
    found = bounded(queues, 3)
    assert list(found) == ["q7", "q8", "q9", OTHERS]
    assert (found[OTHERS].pending, found[OTHERS].oldest) == (sum(range(7)), 6.0)
    assert sum(one.pending for one in found.values()) == sum(range(10))


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0, 0), (0.001, 0), (0.0011, 1), (60.0, 13), (61.0, len(BUCKETS))])
def test_a_time_counts_in_the_bucket_whose_end_it_does_not_pass(seconds: float, bucket: int) -> None:
    counts = Counts()
    counts.answered("/x", "GET", 200, seconds)
    assert counts.seconds["/x"].index(1) == bucket


def test_the_page_is_read_by_prometheus() -> None:
    from prometheus_client.parser import text_string_to_metric_families

    counts = Counts()
    counts.answered("/x", "GET", 200, 0.2)
    text = page(counts, {"waits": ("what", 3)}, {"q": QueueFigures()}).decode()
    families = {one.name: one for one in text_string_to_metric_families(text)}
    assert families["herdsman_gateway_waits"].samples[0].value == 3
    buckets = [
        one.value for one in families["herdsman_gateway_request_seconds"].samples if one.name.endswith("_bucket")
    ]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 1
