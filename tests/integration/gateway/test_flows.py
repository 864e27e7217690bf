from typing import Any

import httpx
import pytest

from engine import Client, Flow
from tests.support.processes import eventually

pytestmark = [pytest.mark.store, pytest.mark.process]


def test_a_flow_is_shown_and_cancelled_over_http(http: httpx.Client, worker: Any, store: Any) -> None:
    assert http.get("/flows").json() == {"flows": []}
    with Client(store.url) as client:
        done = client.flows.submit(_flow())
        eventually(lambda: http.get(f"/flows/{done.id}").json()["status"] == "completed", 10)
        waits = client.flows.submit(_flow(delay=600))
    shown = http.get(f"/flows/{waits.id}").json()
    assert (shown["name"], shown["total"], shown["done"]) == ("shouts", 2, 0)
    assert shown["states"] == {"scheduled": 1, "waiting": 1}
    assert [member["name"] for member in shown["members"]] == ["uppercase", "uppercase-2"]
    assert [one["id"] for one in http.get("/flows").json()["flows"]] == [waits.id, done.id]
    assert http.delete(f"/flows/{waits.id}").json() == {"id": waits.id, "cancelled": True}
    assert http.get(f"/flows/{waits.id}").json()["status"] == "cancelled"
    over = http.delete(f"/flows/{done.id}")
    assert (over.status_code, "is over" in over.json()["error"]) == (409, True)
    assert http.get("/flows/1-1").status_code == http.delete("/flows/1-1").status_code == 404


def _flow(delay: float = 0.0) -> Flow:
    flow = Flow("shouts")
    flow.job("uppercase", "a", delay=delay or None).then("uppercase", "b")
    return flow
