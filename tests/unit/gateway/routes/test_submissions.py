from typing import Any

import pytest

from engine.errors import IdempotencyConflict, NotDurable, PayloadError, QueueFull, StoreDown, UniqueConflict


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


def test_a_batch_of_which_one_is_refused_is_refused_whole_and_says_which(http: Any, client: Any) -> None:
    client.refuse_batch = UniqueConflict("1-2-3", at=1)
    answer = http.post("/tasks/batch", json={"tasks": [{"type": "uppercase"}] * 2})
    why = "job 1-2-3 counts as the same and stands already"
    assert (answer.status_code, answer.headers["location"]) == (409, "/tasks/1-2-3")
    assert answer.json() == {
        "error": f"nothing was enqueued: tasks[1]: {why}",
        "errors": [{"index": 1, "error": why}],
    }


def test_two_jobs_of_a_batch_that_exclude_each_other_are_both_named(http: Any, client: Any) -> None:
    client.refuse_batch = UniqueConflict("", at=1, twin=0)
    answer = http.post("/tasks/batch", json={"tasks": [{"type": "uppercase"}] * 2})
    assert (answer.status_code, "location" in answer.headers) == (409, False)
    said = "nothing was enqueued: tasks[1]: tasks[0] of the same call counts as the same"
    assert answer.json()["error"] == said


def test_a_batch_that_is_sent_again_under_its_key_is_200(http: Any, client: Any) -> None:
    tasks, headers = [{"type": "uppercase"}], {"Idempotency-Key": '"k"'}
    assert http.post("/tasks/batch", json={"tasks": tasks}, headers=headers).status_code == 202
    assert client.batch_key == "k"
    client.is_new = False
    assert http.post("/tasks/batch", json={"tasks": tasks}, headers=headers).status_code == 200


def test_a_key_that_was_used_for_something_else_is_422(http: Any, client: Any) -> None:
    tasks, headers = [{"type": "uppercase"}], {"Idempotency-Key": "k"}
    for of, where in (("1-2-3", "/tasks/1-2-3"), ("batch", None)):
        client.refuse_batch = IdempotencyConflict(of)
        answer = http.post("/tasks/batch", json={"tasks": tasks}, headers=headers)
        assert (answer.status_code, answer.headers.get("location")) == (422, where)
        assert answer.json()["error"].startswith("this idempotency key was used for ")


def test_what_is_wrong_with_no_single_job_of_a_batch_is_said_all_the_same(http: Any, client: Any) -> None:
    client.refuse_batch = ValueError("too many of them")
    answer = http.post("/tasks/batch", json={"tasks": [{"type": "uppercase"}]})
    assert (answer.status_code, answer.json()) == (422, {"error": "nothing was enqueued: too many of them"})


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


def test_a_packed_body_is_refused_by_name(http: Any) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = http.post("/tasks", content=b"\x1f\x8b", headers=headers)
    assert answer.status_code == 415
    assert 'packed ("gzip")' in answer.json()["error"]
