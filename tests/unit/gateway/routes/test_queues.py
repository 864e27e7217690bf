from typing import Any

import pytest


def test_queues_are_listed_by_name_with_their_depths(http: Any) -> None:
    queues = http.get("/queues").json()["queues"]
    assert [queue["name"] for queue in queues] == ["default", "low"]
    assert queues[1] == {
        "name": "low",
        "pending": 2,
        "scheduled": 0,
        "processing": 0,
        "dead": 0,
        "oldest_seconds": 1.235,
        "paused": False,
        "rescued": 0,
        "parked": 0,
    }


def test_a_store_that_is_away_is_503(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    assert http.get("/queues").status_code == 503


def test_a_queue_is_paused_and_resumed(http: Any, client: Any) -> None:
    assert http.post("/queues/low/pause").json() == {"name": "low", "paused": True, "changed": True}
    assert client.paused == ["low"]
    assert http.post("/queues/low/resume", json={}).json() == {"name": "low", "paused": False, "changed": True}
    assert client.paused == []


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_queue_that_nobody_knows_is_404_with_the_nearest(http: Any, client: Any, verb: str) -> None:
    answer = http.post(f"/queues/defualt/{verb}")
    assert (answer.status_code, '"default"' in answer.json()["error"]) == (404, True)
    assert client.paused == []


def test_a_foreign_page_pauses_nothing(http: Any, client: Any) -> None:
    assert http.post("/queues/low/pause", headers={"origin": "http://elsewhere"}).status_code == 403
    assert http.post("/queues/low/pause", json={"for": "1h"}).status_code == 422
    assert client.paused == []


def test_a_type_is_paused_and_resumed(http: Any, client: Any) -> None:
    assert http.post("/types/uppercase/pause").json() == {"name": "uppercase", "paused": True, "changed": True}
    assert client.paused_types == ["uppercase"]
    resumed = http.post("/types/uppercase/resume", json={}).json()
    assert resumed == {"name": "uppercase", "paused": False, "changed": True}
    assert http.post("/types/uppercase/resume").json()["changed"] is False


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_type_that_nobody_announced_is_404_with_the_nearest(http: Any, client: Any, verb: str) -> None:
    answer = http.post(f"/types/upercase/{verb}")
    assert (answer.status_code, '"uppercase"' in answer.json()["error"]) == (404, True)
    assert client.paused_types == []


def test_a_paused_type_whose_workers_are_forgotten_is_resumed(http: Any, client: Any) -> None:
    client.paused_types.append("gone")
    assert http.post("/types/gone/resume").json()["changed"] is True


def test_a_foreign_page_pauses_no_type(http: Any, client: Any) -> None:
    assert http.post("/types/uppercase/pause", headers={"origin": "http://elsewhere"}).status_code == 403
    assert http.post("/types/uppercase/pause?for=1h").status_code == 422
    assert client.paused_types == []


def test_a_queue_is_purged_and_one_that_nobody_knows_is_not(http: Any, client: Any) -> None:
    assert http.post("/queues/low/purge").json() == {"cancelled": 2}
    assert http.post("/queues/lo/purge").status_code == 404
    assert http.post("/queues/low/purge", json={"limit": 1}).status_code == 422
    assert http.post("/queues/low/purge?limit=1").status_code == 422
    assert http.post("/queues/low/purge", headers={"origin": "http://elsewhere"}).status_code == 403
    assert client.purged == ["low"]


def test_what_cannot_be_the_name_of_a_type_is_not_found(http: Any) -> None:
    assert http.post("/types/%00%ff%3d/resume").status_code == 404
