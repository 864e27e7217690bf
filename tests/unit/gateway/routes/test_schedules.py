from typing import Any

import pytest

from engine import QueueFull

JSON = {"content-type": "application/json"}


def post(http: Any, path: str, **options: Any) -> Any:
    return http.post(path, **{"headers": JSON, **options})


def test_schedules_are_listed_with_their_next_runs_and_the_last_one(http: Any) -> None:
    answer = http.get("/schedules")
    assert answer.status_code == 200
    assert answer.json()["schedules"] == [
        {
            "name": "nightly",
            "origin": "host:file",
            "task": "report",
            "cron": "0 3 * * *",
            "timezone": "Europe/Berlin",
            "queue": None,
            "payload": {"n": 1},
            "misfire": "once",
            "overlap": "allow",
            "jitter_seconds": 0.0,
            "paused": False,
            "next": ["2023-11-14T22:13:20.000Z"],
            "waiting": True,
            "last_job": "1-2-3",
            "last_status": "dead",
            "last_fired_at": "2023-07-22T04:26:40.500Z",
            "last_success_at": None,
            "fired": 3,
            "skipped": 2,
            "missed": 1,
        }
    ]


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_one_is_run_now(http: Any, client: Any, body: bytes) -> None:
    answer = post(http, "/schedules/nightly/run", content=body)
    assert (answer.status_code, answer.json()) == (202, {"id": "1-1700000000000-1", "schedule": "nightly"})
    assert answer.headers["location"] == "/tasks/1-1700000000000-1"
    assert client.schedules.called == [("run", "nightly")]


def test_one_is_paused_and_resumed(http: Any) -> None:
    paused = post(http, "/schedules/nightly/pause").json()
    assert paused == {"name": "nightly", "paused": True, "changed": True}
    resumed = post(http, "/schedules/nightly/resume").json()
    assert resumed == {"name": "nightly", "paused": False, "changed": False}


def test_the_next_times_of_one_are_told(http: Any, client: Any, store_down: Exception) -> None:
    told = http.get("/schedules/nightly/next?count=2").json()
    assert told == {"name": "nightly", "next": ["2023-11-14T22:13:20.000Z", "2023-11-14T22:14:20.000Z"]}
    assert len(http.get("/schedules/nightly/next").json()["next"]) == 5
    assert http.get("/schedules/nobody/next").status_code == 404
    assert http.get("/schedules/nightly/next?count=0").status_code == 422
    assert http.get("/schedules/nightly/next?x=1").status_code == 422
    client.refuse = store_down
    assert http.get("/schedules/nightly/next").status_code == 503


@pytest.mark.parametrize("verb", ["run", "pause", "resume"])
def test_what_cannot_be_done_is_an_answer(http: Any, client: Any, store_down: Exception, verb: str) -> None:
    path = f"/schedules/nightly/{verb}"
    assert post(http, f"/schedules/nobody/{verb}").status_code == 404
    assert http.post(path).status_code == 415  # a foreign page could send this
    assert post(http, path, content=b"{").status_code == 400
    assert post(http, path, json={"at": 1}).status_code == 422
    assert post(http, f"{path}?x=1").status_code == 422
    assert http.get(path).status_code == 405
    assert client.schedules.called == []
    client.refuse = store_down
    assert post(http, path).status_code == 503


def test_a_full_queue_is_429(http: Any, client: Any) -> None:
    client.schedules.full = QueueFull("default", 7)
    answer = post(http, "/schedules/nightly/run")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
