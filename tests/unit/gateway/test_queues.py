from typing import Any


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
    }


def test_a_store_that_is_away_is_503(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    assert http.get("/queues").status_code == 503
