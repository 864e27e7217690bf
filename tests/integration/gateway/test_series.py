from typing import Any

import httpx
import pytest

from engine import Client
from engine.charts.counting import Depths, Keep, Runs, count, sample
from engine.charts.vector import pack
from gateway.routes.series import NamesBody, SeriesBody

pytestmark = [pytest.mark.store, pytest.mark.process]


def test_charts_are_read_over_http(http: httpx.Client, store: Any) -> None:
    assert http.get("/series?metric=done").json()["series"]["done"][0][1] is None
    ran = pack({Runs.DONE: 30, Runs.RUN_US: 90_000, Runs.HISTOGRAM + 10: 30})
    with Client(store.url) as client:
        client.run(count("board", {"jmail\tsend": ran}, young=True, keep=Keep()))
        client.run(sample({"mail": {Depths.DEPTH: 4, Depths.DEPTH_MOST: 4}}, 0, Keep()))
    found = http.get("/series?metric=done,run_p95,depth,wait_p50&queue=mail&step=600").json()
    assert SeriesBody.model_validate(found).step == 600
    last = {name: points[-1] for name, points in found["series"].items()}
    assert {at for at, _ in last.values()} == {found["to"] - 600}
    assert [last[name][1] for name in ("done", "depth", "wait_p50")] == [30, 4, None]
    assert 0.0022 < last["run_p95"][1] < 0.0033
    assert found["samples"]["run_p95"][-1] == 30
    names = NamesBody.model_validate(http.get("/series/names").json())
    assert [(one.queue, one.type) for one in names.names] == [("mail", None), ("mail", "send")]
    assert names.bytes > 30
    refused = http.get("/series?metric=done&step=60&from=1")
    assert (refused.status_code, "1500 are given at once" in refused.json()["error"]) == (422, True)
