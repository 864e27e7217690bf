import json
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import Job, JobError, JobState, Sealed
from gateway.answers import answer, encode, job_view, moment


def test_a_moment_is_utc_with_milliseconds_and_a_z() -> None:
    assert moment(1700000001.5) == "2023-11-14T22:13:21.500Z"
    assert moment(None) is None
    assert moment(0.0) == "1970-01-01T00:00:00.000Z"


def test_a_job_is_shown_with_every_documented_field(a_job: Any) -> None:
    view = job_view(a_job(error=JobError("ValueError", "no", "tb", "exception"), started_at=1700000001.0))
    assert view["status"] == "completed"
    assert view["error"] == {"type": "ValueError", "message": "no", "traceback": "tb", "cause": "exception"}
    assert view["enqueued_at"] == "2023-11-14T22:13:20.000Z"
    assert list(view) == [
        *("id", "status", "type", "queue", "data", "result", "error", "attempts", "crashes", "retries"),
        *("timeout", "worker", "host", "enqueued_at", "due_at", "started_at", "finished_at", "forgotten", "progress"),
    ]


def test_a_job_that_left_nothing_behind_has_no_type(a_job: Any) -> None:
    view = job_view(a_job(type="", queue="", state=JobState.COMPLETED))
    assert (view["type"], view["queue"]) == (None, None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), None),
        ({1: "a"}, {"1": "a"}),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00Z"),
        (b"\xff", "/w=="),
        (2**70, 2**70),
    ],
)
def test_what_json_can_say_in_some_way_is_said(value: Any, shown: Any) -> None:
    assert json.loads(encode({"result": value})) == {"result": shown}


def test_a_part_that_json_cannot_say_spoils_no_other() -> None:
    said = json.loads(encode({"id": "1-2-3", "result": object(), "data": [1]}))
    assert said["id"] == "1-2-3"
    assert said["data"] == [1]
    assert said["result"]["undisplayable"].startswith("<object object")


def test_one_odd_job_spoils_no_page() -> None:
    said = json.loads(encode({"tasks": [{"id": "a", "result": {(1, 2): 3}}, {"id": "b", "result": 1}], "cursor": None}))
    assert said["tasks"][1] == {"id": "b", "result": 1}
    assert "undisplayable" in said["tasks"][0]["result"]


def test_an_endless_nesting_is_told_not_followed() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    said = json.loads(encode({"id": "x", "result": deep}))
    assert "undisplayable" in json.dumps(said["result"])


def test_nobody_may_keep_an_answer() -> None:
    assert answer({}).headers["cache-control"] == "no-store"


def test_what_is_encrypted_is_shown_as_such() -> None:
    sealed = Sealed(b"\xc7", "2026-11")
    job = Job(id="1-1-1", type="t", queue="q", state=JobState.COMPLETED, data=sealed, result=sealed, enqueued_at=1.0)
    body = json.loads(encode(job_view(job)))
    assert (body["data"], body["result"]) == ("<encrypted, key id 2026-11>",) * 2
