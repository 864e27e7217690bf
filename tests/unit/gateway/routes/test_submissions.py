from typing import Any

import pytest

from engine.errors import NotDurable, PayloadError, QueueFull, StoreDown, UniqueConflict


def test_a_batch_is_accepted_with_the_ids_in_order(http: Any, client: Any) -> None:
    tasks = [{"type": "send-email", "data": n} for n in range(3)]
    answer = http.post("/tasks/batch", json={"tasks": tasks})
    assert answer.status_code == 202
    assert answer.json() == {"ids": [f"1-1700000000000-{n}" for n in (1, 2, 3)], "count": 3}
    assert [data for _, data, _ in client.enqueued] == [0, 1, 2]
    assert {options["keep"] for _, _, options in client.enqueued} == {3600.0}


def test_a_batch_with_a_type_that_nobody_knows_is_refused_whole(http: Any, client: Any) -> None:
    tasks = [{"type": "uppercase"}, {"type": "upercase"}, {"type": "new", "accept_unknown": True}, {"type": "upercase"}]
    answer = http.post("/tasks/batch", json={"tasks": tasks})
    assert answer.status_code == 422
    assert [one["index"] for one in answer.json()["errors"]] == [1, 3]
    assert '"uppercase"' in answer.json()["error"]
    assert not client.enqueued


@pytest.mark.parametrize(
    ("error", "status"), [(QueueFull("q", 5), 429), (StoreDown("away"), 503), (NotDurable("it is not", []), 503)]
)
def test_a_batch_that_the_store_refuses_is_refused_whole(http: Any, client: Any, error: Exception, status: int) -> None:
    client.refuse_batch = error
    answer = http.post("/tasks/batch", json={"tasks": [{"type": "uppercase"}]})
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_a_payload_that_cannot_be_sent_is_named_by_its_place(http: Any, client: Any) -> None:
    client.refuse_batch = PayloadError("too large")
    tasks = b'{"tasks": [{"type": "uppercase"}, {"type": "uppercase", "data": 36893488147419103232}]}'
    answer = http.post("/tasks/batch", content=tasks, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert [one["index"] for one in answer.json()["errors"]] == [1]


def test_when_only_some_got_in_the_answer_says_which(http: Any, client: Any) -> None:
    client.refuse_enqueue = UniqueConflict("1-2-3")
    answer = http.post("/tasks/batch", json={"tasks": [{"type": "uppercase"}]})
    assert answer.status_code == 409
    assert answer.json()["ids"] == [None]
    assert answer.json()["errors"][0]["index"] == 0
    assert answer.json()["error"].startswith("0 of 1 jobs are enqueued (see ids); tasks[0]: ")


def test_a_batch_takes_no_idempotency_key(http: Any, client: Any) -> None:
    answer = http.post("/tasks/batch", json={"tasks": [{"type": "uppercase"}]}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422
    assert "Idempotency-Key is for one job" in answer.json()["error"]
    assert not client.enqueued


def test_a_batch_may_be_larger_than_one_job(http: Any) -> None:
    tasks = [{"type": "uppercase", "data": "x" * 1_000_000}] * 3
    assert http.post("/tasks/batch", json={"tasks": tasks}).status_code == 202
    assert http.post("/tasks", json={"type": "uppercase", "data": "x" * 1_100_000}).status_code == 413


def test_durable_is_asked_of_the_engine(http: Any, client: Any) -> None:
    assert http.post("/tasks", json={"type": "uppercase", "durable": True}).status_code == 202
    tasks = [{"type": "uppercase"}, {"type": "uppercase", "durable": True}]
    assert http.post("/tasks/batch", json={"tasks": tasks}).status_code == 202
    assert [options["durable"] for _, _, options in client.enqueued] == [True, True, True]


def test_what_cannot_be_promised_is_503_and_names_what_is_enqueued_all_the_same(http: Any, client: Any) -> None:
    client.refuse_enqueue = NotDurable("nothing was enqueued: no file", [])
    answer = http.post("/tasks", json={"type": "uppercase", "durable": True})
    assert (answer.status_code, answer.json()) == (503, {"error": "nothing was enqueued: no file"})
    client.refuse_enqueue = NotDurable("job 1-2-3 is enqueued, but", ["1-2-3"])
    answer = http.post("/tasks", json={"type": "uppercase", "durable": True})
    assert (answer.status_code, answer.json()["ids"]) == (503, ["1-2-3"])
    assert answer.headers["location"] == "/tasks/1-2-3"


def test_a_trace_goes_with_the_job(http: Any, client: Any) -> None:
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    http.post("/tasks", json={"type": "uppercase"}, headers={"traceparent": parent})
    http.post("/tasks/batch", json={"tasks": [{"type": "uppercase"}]}, headers={"traceparent": parent})
    assert [options["headers"]["traceparent"] for _, _, options in client.enqueued] == [parent, parent]
