import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import httpx
import pytest

from engine.clients.engine import Engine
from tests.support.processes import eventually
from tests.support.seats import claim

pytestmark = [pytest.mark.store, pytest.mark.process]


def test_the_seeds_own_request_is_answered_as_its_page_says(http: httpx.Client, worker: Any) -> None:
    answer = http.post("/work", json={"payload": "hello multi-service world"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["message"] == "Gateway successfully routed the job"
    said = answer.json()["processorResponse"]
    assert (said["status"], said["result"]) == ("completed", "HELLO MULTI-SERVICE WORLD")
    assert said["processedAt"].endswith("Z")


def test_with_nobody_to_run_it_the_answer_is_502_at_once(http: httpx.Client) -> None:
    began = time.monotonic()
    answer = http.post("/work", json={"payload": "hello"})
    assert (answer.status_code, answer.json()) == (502, {"error": "Processor service is unreachable"})
    assert time.monotonic() - began < 5


def test_a_job_without_a_result_is_still_known_after_its_end(http: httpx.Client, worker: Any) -> None:
    accepted = http.post("/tasks", json={"type": "nothing", "data": {"a": [1, {}]}})
    assert accepted.status_code == 202
    where = accepted.headers["location"]
    eventually(lambda: http.get(where).json()["status"] == "completed", 10)
    job = http.get(where).json()
    assert (job["id"], job["type"], job["result"]) == (accepted.json()["id"], "nothing", None)
    assert job["finished_at"] is not None


def test_a_repeated_request_with_its_key_is_the_same_job(http: httpx.Client, worker: Any) -> None:
    key = {"Idempotency-Key": f"key-{time.monotonic_ns()}"}
    body = {"type": "uppercase", "data": "hello"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: http.post("/tasks", json=body, headers=key), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    again = http.post("/tasks?wait=10s", json=body, headers=key)
    assert (again.status_code, again.json()["result"], again.json()["id"]) == (200, "HELLO", answers[0].json()["id"])
    other = http.post("/tasks", json={"type": "uppercase", "data": "else"}, headers=key)
    assert (other.status_code, other.headers["location"]) == (422, answers[0].headers["location"])


def test_a_unique_job_that_stands_is_answered_200_or_409(http: httpx.Client) -> None:
    body = {"type": "later", "accept_unknown": True, "delay": "1h", "data": {"n": time.monotonic_ns()}}
    first = http.post("/tasks", json={**body, "unique": True})
    again = http.post("/tasks", json={**body, "unique": {"by": ["n"], "on_conflict": "raise"}})
    assert (first.status_code, again.status_code) == (202, 202)  # by fields is another lock than by the whole payload
    again = http.post("/tasks", json={**body, "unique": "pending"})
    assert (again.status_code, again.json()) == (200, first.json())
    again = http.post("/tasks", json={**body, "unique": {"on_conflict": "raise"}})
    assert (again.status_code, again.headers["location"]) == (409, first.headers["location"])


def test_waiting_brings_the_result(http: httpx.Client, worker: Any) -> None:
    answer = http.post("/tasks?wait=10s", json={"type": "uppercase", "data": "hello"})
    assert (answer.status_code, answer.json()["result"]) == (200, "HELLO")


def test_waiting_for_a_job_that_dies_brings_its_error(http: httpx.Client, worker: Any) -> None:
    answer = http.post("/tasks?wait=10s", json={"type": "fail"})
    assert (answer.status_code, answer.json()["status"]) == (200, "dead")
    assert answer.json()["error"]["message"] == "on purpose"


def test_fifty_wait_at_once_and_each_gets_its_own(gateway: Any, worker: Any) -> None:
    def ask(number: int) -> str:
        url = f"http://127.0.0.1:{gateway.port}/tasks?wait=20s"
        return str(httpx.post(url, json={"type": "uppercase", "data": f"n{number}"}, timeout=30).json()["result"])

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(ask, range(50))) == [f"N{number}" for number in range(50)]


def test_an_unknown_type_is_refused_until_it_is_accepted(http: httpx.Client, worker: Any) -> None:
    refused = http.post("/tasks", json={"type": "upercase"})
    assert refused.status_code == 422
    assert '"uppercase"' in refused.json()["error"]
    parked = http.post("/tasks", json={"type": "upercase", "queue": "parked", "accept_unknown": True})
    assert parked.status_code == 202
    assert http.get(parked.headers["location"]).json()["status"] == "pending"


def test_a_waiting_job_can_be_cancelled_and_a_finished_one_cannot(http: httpx.Client, worker: Any) -> None:
    waiting = http.post("/tasks", json={"type": "uppercase", "data": "x", "delay": "1h"}).headers["location"]
    assert http.get(waiting).json()["status"] == "scheduled"
    assert http.delete(waiting).json()["status"] == "cancelled"
    assert http.get(waiting).json()["status"] == "cancelled"
    assert http.delete(waiting).status_code == 409


def test_a_running_job_is_asked_to_stop(http: httpx.Client, store: Any) -> None:
    where = http.post("/tasks", json={"type": "stuck", "accept_unknown": True}).headers["location"]
    with closing(Engine(store.url, "default", incarnation=99)) as engine:
        assert len(claim(engine).jobs) == 1
        assert http.delete(where).status_code == 409
        assert store.client.zcard("herdsman:{default}:cancels") == 0
        assert http.delete(f"{where}?running=true").status_code == 202
        assert store.client.zcard("herdsman:{default}:cancels") == 1


def test_a_full_queue_is_answered_429_with_a_time(http: httpx.Client, worker: Any) -> None:
    answers = [http.post("/tasks", json={"type": "limited"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert "limited" in answers[2].json()["error"]


def test_lists_show_what_there_is(http: httpx.Client, worker: Any) -> None:
    for number in range(5):
        http.post("/tasks", json={"type": "limited", "queue": "parked", "data": number})
    first = http.get("/tasks?queue=parked&state=pending&limit=3").json()
    rest = http.get(f"/tasks?queue=parked&state=pending&limit=3&cursor={first['cursor']}").json()
    assert [job["data"] for job in first["tasks"] + rest["tasks"]] == [0, 1, 2, 3, 4]
    queues = {queue["name"]: queue for queue in http.get("/queues").json()["queues"]}
    assert queues["parked"]["pending"] == 5
    [seen] = http.get("/workers").json()["workers"]
    assert (seen["id"], seen["pool"]) == (worker.info.incarnation, "default")
    assert http.get("/ready").json() == {"status": "ready", "workers": 1}


def test_a_listing_goes_on_through_the_lanes_of_tenants(http: httpx.Client) -> None:
    body = {"type": "uppercase", "queue": "apart", "accept_unknown": True}
    sent = {http.post("/tasks", json={**body, "tenant": name}).json()["id"] for name in ("a", "b") for _ in range(2)}
    found: list[str] = []
    cursor = ""
    while cursor is not None and len(found) <= len(sent):
        page = http.get(f"/tasks?queue=apart&state=pending&limit=1{cursor}").json()
        assert "tasks" in page, page
        found += [job["id"] for job in page["tasks"]]
        cursor = f"&cursor={page['cursor']}" if page["cursor"] else None
    assert sorted(found) == sorted(sent)
    assert http.post("/queues/apart/purge").json() == {"cancelled": 4}


def test_without_workers_it_is_healthy_and_not_ready(http: httpx.Client) -> None:
    assert http.get("/health").status_code == 200
    answer = http.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"error": "no worker is ready"})


def test_a_store_that_is_away_is_503_at_once_and_its_return_is_noticed(
    http: httpx.Client, worker: Any, store: Any
) -> None:
    assert http.post("/tasks", json={"type": "nothing"}).status_code == 202
    store.stop()
    for method, path, body in (
        ("POST", "/tasks", {"type": "nothing"}),
        ("GET", "/tasks", None),
        ("GET", "/tasks/1-2-3", None),
        ("GET", "/queues", None),
        ("GET", "/ready", None),
        ("POST", "/work", {"payload": "x"}),
    ):
        began = time.monotonic()
        answer = http.request(method, path, json=body)
        assert answer.status_code == 503, (path, answer.text)
        assert time.monotonic() - began < 2, path
        assert "store" in answer.json()["error"]
    assert http.get("/health").status_code == 200
    store.start()
    eventually(lambda: http.post("/tasks", json={"type": "nothing"}).status_code == 202, 5)


def test_a_store_without_memory_refuses_new_jobs_and_still_answers(http: httpx.Client, worker: Any, store: Any) -> None:
    accepted = http.post("/tasks", json={"type": "limited"})
    store.client.config_set("maxmemory", "1")
    answer = http.post("/tasks", json={"type": "limited"})
    assert answer.status_code == 503
    assert "memory" in answer.json()["error"]
    assert http.get(accepted.headers["location"]).json()["status"] == "pending"
