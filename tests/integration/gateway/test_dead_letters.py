"""Dead letters over real HTTP, on the real store."""

from typing import Any

import httpx
import pytest

from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]


@pytest.fixture
def letters(http: httpx.Client, worker: Any) -> list[str]:
    """Three dead letters of one kind."""
    where = [http.post("/tasks", json={"type": "fail", "data": n}).json()["id"] for n in range(3)]
    eventually(lambda: len(http.get("/dlq").json()["tasks"]) == 3, 10)
    return where


def test_dead_letters_are_seen_grouped_and_paged(http: httpx.Client, letters: list[str]) -> None:
    first = http.get("/dlq?limit=2").json()
    rest = http.get("/dlq", params={"limit": 2, "cursor": first["cursor"]}).json()
    assert sorted(task["id"] for task in first["tasks"] + rest["tasks"]) == sorted(letters)
    [group] = http.get("/dlq/groups").json()["groups"]
    assert (group["count"], group["type"], group["message"]) == (3, "fail", "on purpose")
    assert len(http.get(f"/dlq?fingerprint={group['fingerprint']}").json()["tasks"]) == 3
    assert http.get(f"/dlq/{letters[0]}").json()["fingerprint"] == group["fingerprint"]
    assert http.get("/dlq?fingerprint=000000000000").json() == {"tasks": [], "cursor": None}


def test_a_retried_one_runs_again_with_its_new_payload(http: httpx.Client, letters: list[str]) -> None:
    answer = http.post(f"/dlq/{letters[0]}/retry", json={"data": "new"})
    assert answer.json() == {"id": letters[0], "status": "pending"}

    def died_again() -> Any:
        task = http.get(f"/tasks/{letters[0]}").json()
        return task["status"] == "dead" and task

    task = eventually(died_again, 10)
    assert (task["data"], task["attempts"]) == ("new", 1)


def test_many_are_moved_by_filter(http: httpx.Client, worker: Any, letters: list[str]) -> None:
    assert http.delete(f"/dlq/{letters[0]}").json()["status"] == "deleted"
    assert http.get(f"/dlq/{letters[0]}").status_code == 404
    assert http.post("/dlq/retry", json={"type": "fail"}).json() == {"retried": 2}
    eventually(lambda: len(http.get("/dlq").json()["tasks"]) == 2, 10)
    assert http.delete("/dlq?queue=default").json() == {"deleted": 2}
    assert http.get("/dlq").json()["tasks"] == []


def test_a_paused_queue_gives_nothing_out_until_it_is_resumed(http: httpx.Client, worker: Any) -> None:
    http.post("/tasks?wait=10s", json={"type": "nothing"})
    assert http.post("/queues/default/pause").json()["changed"] is True
    where = http.post("/tasks?wait=200ms", json={"type": "nothing"}).headers["location"]
    assert http.get(where).json()["status"] == "pending"
    assert http.post("/queues/default/resume").json()["changed"] is True
    eventually(lambda: http.get(where).json()["status"] == "completed", 10)


def test_a_paused_type_does_not_start_until_it_is_resumed(http: httpx.Client, worker: Any) -> None:
    http.post("/tasks?wait=10s", json={"type": "nothing"})
    assert http.post("/types/nothing/pause").json() == {"name": "nothing", "paused": True, "changed": True}
    where = http.post("/tasks?wait=200ms", json={"type": "nothing"}).headers["location"]
    assert http.get(where).json()["status"] == "pending"
    assert http.get("/queues").json()["queues"][0]["parked"] == 1
    assert http.post("/tasks?wait=10s", json={"type": "uppercase", "data": "x"}).status_code == 200
    assert http.post("/types/nothing/resume").json()["changed"] is True
    eventually(lambda: http.get(where).json()["status"] == "completed", 10)


def test_a_purge_cancels_what_is_pending_and_says_how_many(http: httpx.Client, worker: Any) -> None:
    unknown = {"type": "strange", "queue": "apart", "accept_unknown": True}
    where = [http.post("/tasks", json=unknown).headers["location"] for _ in range(3)]
    later = http.post("/tasks", json={**unknown, "delay": "1h"}).headers["location"]
    assert http.post("/queues/apart/purge").json() == {"cancelled": 3}
    assert {http.get(one).json()["status"] for one in where} == {"cancelled"}
    assert http.get(later).json()["status"] == "scheduled"
