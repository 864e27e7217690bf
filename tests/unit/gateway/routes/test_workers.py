from typing import Any


def test_workers_are_listed_with_what_they_do(http: Any, client: Any, a_worker: Any) -> None:
    client.alive = [a_worker(state="busy", job="1-2-3", type="uppercase", since=999.5, started_at=900.0, jobs_done=4)]
    answer = http.get("/workers")
    assert answer.status_code == 200
    assert answer.json()["workers"] == [
        {
            "id": "ab12",
            "host": "box",
            "pid": 7,
            "pool": "default",
            "slot": 0,
            "generation": 0,
            "state": "busy",
            "job": "1-2-3",
            "type": "uppercase",
            "since": "1970-01-01T00:16:39.500Z",
            "jobs_done": 4,
            "started_at": "1970-01-01T00:15:00.000Z",
            "beat_at": "1970-01-01T00:16:40.000Z",
        }
    ]


def test_a_store_that_is_away_is_503(http: Any, client: Any, store_down: Exception) -> None:
    client.refuse = store_down
    assert http.get("/workers").status_code == 503
