from typing import Any

import httpx
import pytest

from engine import Client, Schedule
from engine.schedules import schedule
from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]

JSON = {"content-type": "application/json"}


def test_a_schedule_is_listed_run_and_paused_over_http(http: httpx.Client, worker: Any, store: Any) -> None:
    assert http.get("/schedules").json() == {"schedules": []}
    with Client(store.url) as client:
        client.run(schedule.declare("a", [Schedule(name="shout", task="uppercase", cron="0 3 * * *", payload="hi")]))
    started = http.post("/schedules/shout/run", headers=JSON)
    assert started.status_code == 202, started.text
    where = started.headers["location"]
    eventually(lambda: http.get(where).json()["status"] == "completed", 10)
    assert http.get(where).json()["result"] == "HI"
    assert http.post("/schedules/shout/pause", headers=JSON).json()["changed"]
    assert len(http.get("/schedules/shout/next?count=3").json()["next"]) == 3
    [shown] = http.get("/schedules").json()["schedules"]
    assert (shown["paused"], shown["next"], shown["last_status"], shown["fired"]) == (True, [], "completed", 1)
    missing = http.post("/schedules/shot/run", headers=JSON)
    assert missing.status_code == 404
    assert "did you mean 'shout'" in missing.json()["error"]
