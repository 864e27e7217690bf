"""Batches, a job once more, and a job's life, against a real store and worker."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
import pytest

from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]


def events(text: str) -> list[tuple[str, str, Any]]:
    """Id, name and data of each event of a stream that has ended."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["id"], fields["event"], msgspec.json.decode(fields["data"])))
    return found


def test_a_batch_is_run_and_a_wrong_or_full_one_leaves_nothing(http: httpx.Client, worker: Any) -> None:
    tasks = [{"type": "uppercase", "data": f"n{n}"} for n in range(300)]
    accepted = http.post("/tasks/batch", json={"tasks": tasks})
    assert (accepted.status_code, accepted.json()["count"]) == (202, 300)
    ids = accepted.json()["ids"]
    eventually(lambda: http.get(f"/tasks/{ids[-1]}").json()["status"] == "completed", 20)
    assert http.get(f"/tasks/{ids[7]}").json()["result"] == "N7"
    before = http.get("/queues").json()
    wrong = http.post("/tasks/batch", json={"tasks": [*tasks, {"type": "uppercase", "retries": -1}]})
    assert (wrong.status_code, [one["index"] for one in wrong.json()["errors"]]) == (422, [300])
    worker.leave()
    full = http.post("/tasks/batch", json={"tasks": [{"type": "limited"}] * 3})
    assert (full.status_code, "retry-after" in full.headers) == (429, True)
    after = {queue["name"]: queue["pending"] for queue in http.get("/queues").json()["queues"]}
    assert after.get("limited", 0) == 0
    assert before == {"queues": [{**queue, "oldest_seconds": 0.0} for queue in before["queues"]]}
    _of_all_kinds_or_none(http)


def _of_all_kinds_or_none(http: httpx.Client) -> None:
    """Of jobs on which something hangs a batch is made as of all others, and its key makes it one."""
    job = {"type": "uppercase", "data": "x"}
    tasks = [job, {**job, "unique": {"on_conflict": "raise"}}, {**job, "webhook": "https://hooks.example.com/a"}]
    headers = {"Idempotency-Key": "all"}
    first = http.post("/tasks/batch", json={"tasks": tasks}, headers=headers)
    again = http.post("/tasks/batch", json={"tasks": tasks}, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (202, 200, first.json())
    assert http.post("/tasks/batch", json={"tasks": tasks[:2]}, headers=headers).status_code == 422
    refused = http.post("/tasks/batch", json={"tasks": tasks})
    stands = first.json()["ids"][1]
    assert (refused.status_code, refused.headers["location"]) == (409, f"/tasks/{stands}")
    assert [one["index"] for one in refused.json()["errors"]] == [1]
    unfit = [job, {**job, "unique": {"by": ["user"]}}]
    wrong = http.post("/tasks/batch", json={"tasks": unfit})
    assert (wrong.status_code, wrong.json()["errors"][0]["index"]) == (422, 1)
    many = http.post("/tasks/batch", json={"tasks": [{**job, "unique": True}] * 1001})
    assert (many.status_code, "at most 1,000" in many.json()["error"]) == (422, True)
    assert [queue["pending"] for queue in http.get("/queues").json()["queues"] if queue["name"] == "default"] == [3]


def test_of_many_that_come_at_once_each_hears_of_its_own(http: httpx.Client, gateway: Any, worker: Any) -> None:
    bodies = [{"type": ("uppercase", "limited", "no-such")[n % 3], "data": f"n{n}"} for n in range(60)]
    worker.leave()  # limited takes two

    def one(body: dict[str, Any]) -> httpx.Response:
        return http.post("/tasks", json=body)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, bodies))
    assert Counter((body["type"], answer.status_code) for body, answer in zip(bodies, answers, strict=True)) == {
        ("uppercase", 202): 20,
        ("limited", 202): 2,
        ("limited", 429): 18,
        ("no-such", 422): 20,
    }
    for body, answer in zip(bodies, answers, strict=True):
        if answer.status_code == 202:
            assert http.get(answer.headers["location"]).json()["data"] == body["data"]


def test_a_durable_job_is_accepted_only_where_that_can_be_promised(http: httpx.Client, store: Any, worker: Any) -> None:
    body = {"type": "uppercase", "data": "x", "durable": True}
    refused = http.post("/tasks", json=body)
    assert refused.status_code == 503
    assert refused.json()["error"].startswith("nothing was enqueued: ")
    store.client.config_set("appendfsync", "always")
    assert http.post("/tasks", json=body).status_code == 202
    assert http.post("/tasks/batch", json={"tasks": [body, {**body, "unique": True}]}).status_code == 202


def test_a_job_is_run_again(http: httpx.Client, worker: Any) -> None:
    first = http.post("/tasks?wait=10s", json={"type": "uppercase", "data": "hello"}).json()
    again = http.post(f"/tasks/{first['id']}/again")
    assert (again.status_code, again.json()["again"]) == (202, first["id"])
    eventually(lambda: http.get(again.headers["location"]).json()["result"] == "HELLO", 10)


def test_a_job_is_followed_to_its_end_and_from_where_one_left(http: httpx.Client, worker: Any) -> None:
    assert http.post("/tasks?wait=10s", json={"type": "uppercase", "data": "x"}).status_code == 200
    assert http.post("/queues/default/pause").status_code == 200
    job = http.post("/tasks", json={"type": "uppercase", "data": "hello"}).json()["id"]
    text = ""
    with http.stream("GET", f"/tasks/{job}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for part in answer.iter_text():
            if "enqueued" in part and "enqueued" not in text:
                assert http.post("/queues/default/resume").status_code == 200
            text += part
    heard = events(text)
    assert (heard[0][1], heard[0][2]["what"]) == ("state", "enqueued")
    assert heard[-1][1] == "end"
    assert heard[-1][2]["result"] == "HELLO"
    first = heard[0][0]
    with http.stream("GET", f"/tasks/{job}/events", headers={"Last-Event-ID": first}) as answer:
        rest = events(answer.read().decode())
    assert rest[0][0] != first
    assert rest[-1] == heard[-1]
    assert http.get(f"/tasks/{job}/events", headers={"Last-Event-ID": heard[-1][0]}).status_code == 204


def test_streams_end_with_the_gateway(gateway: Any, http: httpx.Client) -> None:
    job = http.post("/tasks", json={"type": "later", "accept_unknown": True}).json()["id"]
    with http.stream("GET", f"/tasks/{job}/events") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "retry: 2000"
        assert gateway.stop() == 0
        assert [line for line in lines if line.startswith("event: end")] == []
    assert "Traceback" not in gateway.log
