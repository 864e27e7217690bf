"""The feed and the acts of a gateway that a real supervisor started, beside its herd."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.herd import Herd
from tests.support.live_client import LiveClient

pytestmark = pytest.mark.process


@pytest.fixture
def herd() -> Iterator[Herd]:
    made = Herd(with_gateway=True, control={"read_only": {"enabled": True}})
    try:
        made.start()
        made.ready()
        yield made
    finally:
        print(f"---- what {made.path} printed\n{made.tail()}")
        made.close()


@pytest.fixture
def http(herd: Herd) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{herd.gateway_port}", timeout=30) as made:
        yield made


def post(http: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = http.post(path, json=body)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_is_done_to_pools_and_workers_is_seen_in_the_feed(herd: Herd, http: httpx.Client) -> None:
    with LiveClient(herd.gateway_port) as tab:
        workers, pools, deaths = tab.sub(1, "workers"), tab.sub(2, "pools"), tab.sub(3, "deaths")
        overview = tab.sub(4, "overview")
        tab.until(lambda: len(workers.rows) == 2 and pools.rows["default"]["running"] == 2 and overview.rows)
        _scaled(tab, http, workers, pools)
        _killed(herd, tab, http, workers, deaths)
        rollout = post(http, "/pools/default/reload")["rollout"]
        tab.until(lambda: (pools.rows["default"]["rollout"] or {}).get("id") == rollout, 20)
        assert all(view.trouble is None for view in tab.views.values())
    assert http.post("/pools/defualt/scale", json={"to": "1"}).status_code == 404
    assert http.post("/pools/default/scale", json={"to": "9999"}).status_code == 409
    assert "Traceback" not in herd.tail()


def _scaled(tab: LiveClient, http: httpx.Client, workers: Any, pools: Any) -> None:
    assert post(http, "/pools/default/scale", to="3")["desired"] == 3
    tab.until(lambda: pools.rows["default"]["running"] == 3 and len(workers.rows) == 3, 20)
    tab.until(lambda: all(one["local"] and one["rss"] and one["cpu"] is not None for one in workers.rows.values()))
    assert {one["name"] for one in workers.rows.values()} == {"default.0", "default.1", "default.2"}
    assert http.get("/pools").json()["pools"][0]["desired"] == 3


def _killed(herd: Herd, tab: LiveClient, http: httpx.Client, workers: Any, deaths: Any) -> None:
    job = herd.client.enqueue("hang-once").id
    victim = tab.until(lambda: next((one for one in workers.rows.values() if one["job"] == job), None))
    post(http, f"/workers/{victim['name']}/kill")
    tab.until(lambda: victim["id"] not in workers.rows)
    death = tab.until(lambda: next((one for one in deaths.rows.values() if one["pid"] == victim["pid"]), None))
    assert (death["cause"], death["charged"], death["jobs"][0]["id"]) == ("killed_by_operator", False, job)
    assert http.get("/deaths?limit=1").json()["deaths"][0]["id"] == death["id"]
    seen = tab.sub(9, "job", {"id": job})
    tab.until(lambda: seen.rows[job]["status"] == "processing" and seen.rows[job]["worker"] != victim["id"])
    assert seen.rows[job]["crashes"] == 0
    again = next(one for one in workers.rows.values() if one["job"] == job)
    herd.kill(again["pid"])  # by nobody of ours: that is a crash, and charged
    tab.until(lambda: seen.rows[job]["status"] == "completed" and seen.rows[job]["crashes"] == 1, 20)
    tab.until(lambda: len(workers.rows) == 3 and again["id"] not in workers.rows, 20)
