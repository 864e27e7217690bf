from typing import Any

import pytest

from engine import Event, JobState, Progress
from engine.errors import (
    IdempotencyConflict,
    PayloadError,
    PayloadGone,
    QueueFull,
    StoreDown,
    StoreFull,
    UniqueConflict,
)
from gateway.services import Services


def test_a_submitted_job_is_accepted_with_its_id(http: Any, client: Any) -> None:
    answer = http.post("/tasks", json={"type": "send-email", "data": {"to": "a@b"}, "retries": 2})
    assert answer.status_code == 202
    assert answer.json() == {
        "id": "1-1700000000000-1",
        "status": "pending",
        "type": "send-email",
        "queue": "mail",
    }
    assert answer.headers["location"] == "/tasks/1-1700000000000-1"
    name, data, options = client.enqueued[0]
    assert (name, data) == ("send-email", {"to": "a@b"})
    assert (options["retries"], options["keep"], options["queue"]) == (2, 3600.0, None)


def test_a_delayed_job_is_scheduled(http: Any) -> None:
    assert http.post("/tasks", json={"type": "uppercase", "delay": "10s"}).json()["status"] == "scheduled"


def test_waiting_answers_with_the_finished_job(http: Any, client: Any, a_job: Any) -> None:
    client.ends["uppercase"] = a_job()
    answer = http.post("/tasks?wait=5s", json={"type": "uppercase", "data": "hello"})
    assert (answer.status_code, answer.json()["result"]) == (200, "HELLO")
    assert client.waits == [5.0]


def test_waiting_in_vain_answers_202(http: Any) -> None:
    answer = http.post("/tasks?wait=10ms", json={"type": "uppercase"})
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")


def test_a_gateway_that_stops_answers_those_who_wait(http: Any, at_hand: Services) -> None:
    at_hand.waits.close()
    assert http.post("/tasks?wait=60s", json={"type": "uppercase"}).status_code == 202


@pytest.mark.parametrize("wait", ["soon", "-1s", "61s", ""])
def test_a_wait_that_is_none_is_refused_before_anything_is_enqueued(http: Any, client: Any, wait: str) -> None:
    answer = http.post(f"/tasks?wait={wait}", json={"type": "uppercase"})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("wait: ")
    assert not client.enqueued


def test_an_unknown_type_is_refused_with_the_nearest_names(http: Any, client: Any) -> None:
    answer = http.post("/tasks", json={"type": "send_emial"})
    assert answer.status_code == 422
    assert '"send-email"' in answer.json()["error"]
    assert "accept_unknown" in answer.json()["error"]
    assert not client.enqueued


def test_an_unknown_type_is_parked_on_request(http: Any, client: Any) -> None:
    answer = http.post("/tasks", json={"type": "later", "accept_unknown": True})
    assert (answer.status_code, answer.json()["queue"]) == (202, "default")
    assert client.enqueued


def test_an_unknown_field_is_refused_with_the_nearest_known(http: Any) -> None:
    answer = http.post("/tasks", json={"type": "uppercase", "dta": 1})
    assert (answer.status_code, answer.json()) == (422, {"error": 'unknown field "dta" (did you mean "data"?)'})


@pytest.mark.parametrize("sent", ["k 1", '"k 1"', " k 1 "])
def test_an_idempotency_key_is_passed_on(http: Any, client: Any, sent: str) -> None:
    answer = http.post("/tasks", json={"type": "uppercase"}, headers={"Idempotency-Key": sent})
    assert answer.status_code == 202
    assert client.enqueued[0][2]["idempotency_key"] == "k 1"


@pytest.mark.parametrize("sent", ["", '""', "k" * 256])
def test_an_idempotency_key_that_is_none_is_refused(http: Any, client: Any, sent: str) -> None:
    answer = http.post("/tasks", json={"type": "uppercase"}, headers={"Idempotency-Key": sent})
    assert (answer.status_code, client.enqueued) == (422, [])


def test_a_job_that_stands_already_is_answered_200_with_its_state(http: Any, client: Any, a_job: Any) -> None:
    client.is_new = False
    client.jobs_by_id["1-1700000000000-1"] = a_job(state=JobState.PROCESSING)
    answer = http.post("/tasks", json={"type": "uppercase", "unique": True})
    assert (answer.status_code, answer.json()["status"]) == (200, "processing")
    assert answer.headers["location"] == "/tasks/1-1700000000000-1"


@pytest.mark.parametrize(("error", "status"), [(UniqueConflict, 409), (IdempotencyConflict, 422)])
def test_another_job_in_the_way_is_named(http: Any, client: Any, error: Any, status: int) -> None:
    client.refuse_enqueue = error("1-2-3")
    answer = http.post("/tasks", json={"type": "uppercase"})
    assert (answer.status_code, answer.headers["location"]) == (status, "/tasks/1-2-3")
    assert "1-2-3" in answer.json()["error"]


def test_another_content_type_is_answered_415_with_what_to_send(http: Any) -> None:
    answer = http.post("/tasks", content=b'{"type": "uppercase"}', headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["error"]


def test_a_body_over_a_mebibyte_is_answered_413(http: Any) -> None:
    answer = http.post("/tasks", json={"type": "uppercase", "data": "x" * 1024 * 1024})
    assert (answer.status_code, list(answer.json())) == (413, ["error"])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueueFull("default", 10, 3.0), 429),
        (StoreDown("refused"), 503),
        (StoreFull("no room"), 503),
        (PayloadError("too large"), 400),
        (ValueError("'x y' cannot be the name of a task"), 422),
        (RuntimeError("a slip of ours"), 500),
    ],
)
def test_what_the_engine_refuses_has_a_right_status(http: Any, client: Any, error: Exception, status: int) -> None:
    http.post("/tasks", json={"type": "uppercase"})  # the types are known now
    client.refuse = error
    answer = http.post("/tasks", json={"type": "uppercase"})
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert ("retry-after" in answer.headers) == (status in (429, 503))
    assert status != 500 or "slip" not in answer.text


def test_one_job_is_shown_by_its_id(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-1700000000000-1"] = a_job()
    answer = http.get("/tasks/1-1700000000000-1")
    assert (answer.status_code, answer.json()["status"], answer.json()["result"]) == (200, "completed", "HELLO")


def test_a_job_is_shown_with_its_progress_and_its_history(http: Any, client: Any, a_job: Any) -> None:
    told = [Event(1700000000.0, "enqueued"), Event(1700000001.0, "retried", "ab12", "ValueError: no", 1700000002.0)]
    client.jobs_by_id["1-1700000000000-1"] = a_job(progress=Progress(0.5, "half", 1700000001.5), history=told)
    body = http.get("/tasks/1-1700000000000-1").json()
    assert body["progress"] == {"fraction": 0.5, "text": "half", "at": "2023-11-14T22:13:21.500Z"}
    assert body["history"][1] == {
        "at": "2023-11-14T22:13:21.000Z",
        "what": "retried",
        "who": "ab12",
        "why": "ValueError: no",
        "due": "2023-11-14T22:13:22.000Z",
    }


def test_a_job_says_why_it_waits_and_what_it_logged(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-1700000000000-1"] = a_job()
    assert http.get("/tasks/1-1700000000000-1/why").json() == {
        "id": "1-1700000000000-1",
        "status": "completed",
        "why": "it was completed",
        "reasons": [{"code": "ended", "text": "it was completed", "data": {"n": 1}}],
    }
    assert http.get("/tasks/1-1700000000000-1/logs").json() == {
        "lines": [{"at": "2023-11-14T22:13:20.500Z", "text": "a line"}],
        "dropped": 3,
    }


@pytest.mark.parametrize("more", ["", "/why", "/logs"])
@pytest.mark.parametrize("task_id", ["1-2-3", "nonsense", "%00", "a%0Ab", "%ff"])
def test_a_job_that_never_was_is_answered_404(http: Any, task_id: str, more: str) -> None:
    answer = http.get(f"/tasks/{task_id}{more}")
    assert answer.status_code == 404
    assert "no task" in answer.json()["error"]


def test_a_listing_hands_its_filters_to_the_engine(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-1700000000000-1"] = a_job()
    answer = http.get("/tasks?state=dead&queue=mail&type=send-email&limit=5&cursor=0:17-3")
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()["tasks"]] == ["1-1700000000000-1"]
    assert answer.json()["cursor"] == "0:5"
    assert client.wanted == {
        "state": JobState.DEAD,
        "queue": "mail",
        "type": "send-email",
        "limit": 5,
        "cursor": "0:17-3",
        "brief": False,
    }


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("state=ded", "'dead'"),
        ("limit=0", "limit: "),
        ("limit=501", "limit: "),
        ("limit=many", "limit: "),
        ("cursor=nonsense", "cursor: "),
        ("cursor=0:99999999999999999999", "cursor: "),
        ("cursor=9:9-9", "no cursor of ours"),
        ("q=&cursor=9.9.9//0.0.0.0.", "no cursor of a search"),
        ("q=a&cursor=9.9.9/x/0.0.0.0.", "cursor: "),
        ("stat=dead", 'did you mean "state"'),
    ],
)
def test_a_bad_query_is_answered_422(http: Any, query: str, part: str) -> None:
    answer = http.get(f"/tasks?{query}")
    assert answer.status_code == 422
    assert part in answer.json()["error"]


def test_a_waiting_job_can_be_cancelled(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-2-3"] = a_job(state=JobState.PENDING)
    answer = http.delete("/tasks/1-2-3")
    assert (answer.status_code, answer.json()) == (200, {"id": "1-2-3", "status": "cancelled"})


def test_a_running_job_cannot_be_cancelled(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-2-3"] = a_job(state=JobState.PROCESSING)
    answer = http.delete("/tasks/1-2-3")
    assert answer.status_code == 409
    assert "processing" in answer.json()["error"]
    assert client.asked_running == [False]


def test_a_running_job_is_asked_to_stop_where_that_is_said(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-2-3"] = a_job(state=JobState.PROCESSING)
    answer = http.delete("/tasks/1-2-3?running=true")
    assert (answer.status_code, answer.json()) == (202, {"id": "1-2-3", "status": "processing"})
    assert client.asked_running == [True]
    client.jobs_by_id["1-2-3"] = a_job()
    assert http.delete("/tasks/1-2-3?running=true").status_code == 409
    assert http.delete("/tasks/1-2-3?runing=true").status_code == 422


def test_cancelling_what_never_was_is_answered_404(http: Any) -> None:
    assert http.delete("/tasks/1-2-3").status_code == 404


def test_the_callers_trace_goes_with_the_job_and_a_malformed_one_does_not(http: Any, client: Any) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    http.post("/tasks", json={"type": "uppercase"}, headers={"traceparent": parent, "tracestate": "v=1"})
    http.post("/tasks", json={"type": "uppercase", "version": 2}, headers={"traceparent": "nonsense"})
    assert [options["headers"] for _, _, options in client.enqueued] == [
        {"traceparent": parent, "tracestate": "v=1"},
        None,
    ]
    assert [options["version"] for _, _, options in client.enqueued] == [None, 2]
    assert http.post("/tasks", json={"type": "uppercase", "version": 0}).status_code == 422


def test_a_job_is_submitted_again_as_a_new_one(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id["1-2-3"] = a_job(id="1-2-3", state=JobState.DEAD)
    answer = http.post("/tasks/1-2-3/again")
    assert (answer.status_code, answer.headers["location"]) == (202, "/tasks/1-2-30")
    assert answer.json() == {
        "id": "1-2-30",
        "status": "pending",
        "type": "uppercase",
        "queue": "default",
        "again": "1-2-3",
    }


@pytest.mark.parametrize(
    ("type", "error", "status"),
    [
        ("uppercase", PayloadGone("not kept"), 409),
        ("herdsman.webhook", None, 409),
        ("uppercase", QueueFull("q", 1), 429),
    ],
)
def test_a_job_that_cannot_be_submitted_again_says_why(
    http: Any, client: Any, a_job: Any, type: str, error: Exception | None, status: int
) -> None:
    client.jobs_by_id["1-2-3"] = a_job(id="1-2-3", type=type)
    client.refuse_enqueue = error
    assert http.post("/tasks/1-2-3/again").status_code == status


def test_a_job_that_never_was_cannot_be_submitted_again(http: Any) -> None:
    assert http.post("/tasks/1-2-3/again").status_code == 404
    assert http.post("/tasks/1-2-3/again", json={"data": 1}).status_code == 422


@pytest.mark.parametrize("path", ["/tasks/1-2-3", "/tasks/1-2-3/why", "/tasks/1-2-3/logs"])
def test_a_parameter_that_nobody_reads_is_refused_there_too(http: Any, path: str) -> None:
    answer = http.get(f"{path}?wait=5s")
    assert answer.status_code == 422
    assert "unknown parameter" in answer.json()["error"]
