from typing import Any

import pytest

from engine import JobError, JobState
from gateway.routes import work


def test_a_payload_comes_back_in_capitals(http: Any, client: Any, a_job: Any) -> None:
    client.ends["uppercase"] = a_job(result="HELLO MULTI-SERVICE WORLD")
    answer = http.post("/work", json={"payload": "hello multi-service world"})
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Gateway successfully routed the job",
        "processorResponse": {
            "status": "completed",
            "result": "HELLO MULTI-SERVICE WORLD",
            "processedAt": "2023-11-14T22:13:21.500Z",
        },
    }
    name, data, options = client.enqueued[0]
    assert (name, data, options["retries"]) == ("uppercase", "hello multi-service world", 0)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"text": "x"}'])
def test_no_payload_is_answered_400(http: Any, body: bytes) -> None:
    answer = http.post("/work", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"error": "No payload provided"})


@pytest.mark.parametrize(("payload", "name"), [(None, "null"), (5, "a number"), ([], "a list"), ({}, "an object")])
def test_a_payload_that_is_no_string_is_answered_400(http: Any, payload: Any, name: str) -> None:
    answer = http.post("/work", json={"payload": payload})
    assert (answer.status_code, answer.json()) == (400, {"error": f"payload must be a string, not {name}"})


def test_a_type_that_nobody_announced_is_answered_502_at_once(http: Any, client: Any) -> None:
    client.announced = {}
    answer = http.post("/work", json={"payload": "hello"})
    assert (answer.status_code, answer.json()) == (502, {"error": "Processor service is unreachable"})
    assert not client.enqueued


def test_no_live_worker_is_answered_502_at_once(http: Any, client: Any) -> None:
    client.alive = []
    assert http.post("/work", json={"payload": "hello"}).status_code == 502
    assert not client.enqueued


def test_no_answer_in_time_is_502_and_the_job_is_called_back(
    http: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "WITHIN", 0.01)
    answer = http.post("/work", json={"payload": "hello"})
    assert (answer.status_code, answer.json()) == (502, {"error": "Processor service is unreachable"})
    assert client.cancelled == ["1-1700000000000-1"]


def test_a_job_that_failed_is_502_with_the_reason(http: Any, client: Any, a_job: Any) -> None:
    client.ends["uppercase"] = a_job(state=JobState.DEAD, error=JobError("ValueError", "no"))
    answer = http.post("/work", json={"payload": "hello"})
    assert (answer.status_code, answer.json()) == (502, {"error": "Processor service failed: ValueError: no"})


def test_a_store_that_is_away_is_503(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    assert http.post("/work", json={"payload": "hello"}).status_code == 503
