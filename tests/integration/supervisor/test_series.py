"""Charts of a live herd: what they say is what happened, whoever died meanwhile."""

import pytest

from engine import JobFailed
from tests.integration.supervisor.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


def total(herd: Herd, metric: str, **options: str) -> float:
    values = herd.client.series(metric, **options).values[metric]  # type: ignore[arg-type]
    return sum(value or 0 for value in values)


def says(herd: Herd, metric: str, wanted: float) -> None:
    """Wait until the chart says so; it is told once a second here, and never says more."""

    def seen() -> bool:
        found = total(herd, metric)
        assert found <= wanted, f"{metric}: {found}, and only {wanted} happened"
        return found == wanted

    eventually(seen, 15, lambda: f"{metric} is {total(herd, metric)}, not {wanted}\n{herd.tail()}")


def test_charts_say_what_happened_whoever_died_meanwhile(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"max_jobs": 90}, series={"interval": "1s"})
    ended = herd.client.wait([herd.client.enqueue("nap", keep=600).id for _ in range(250)], 30)  # some are recycled
    hanging = herd.client.enqueue("hang-once", keep=600)
    [start] = eventually(lambda: herd.starts.of(hanging.id), 10, "the job starts")
    herd.kill(start.pid)
    assert hanging.result(timeout=20) == "behaved"
    says(herd, "done", 251)

    herd.kill(herd.pid_of("keeper"))  # another one takes over what the first had told
    more = [herd.client.enqueue("nap", keep=600).id for _ in range(249)]
    failing = herd.client.enqueue("nap", "not a number", retries=0, keep=600)
    ended |= herd.client.wait(more, 30)
    with pytest.raises(JobFailed):
        failing.result(timeout=20)

    assert len(ended) == 499
    assert herd.metric("herdsman_worker_restarts_total", reason="recycled") > 0
    says(herd, "done", 500)
    for metric, wanted in (("crashed", 1), ("failed", 2), ("dead", 1)):
        says(herd, metric, wanted)
    assert sum(herd.client.series("run_p95").samples["run_p95"]) == 500
    assert sum(herd.client.series("failed_run_p95").samples["failed_run_p95"]) == 1
    assert total(herd, "started") >= 502
    assert herd.stop() == 0


def test_what_was_counted_last_is_told_before_the_herd_is_gone(make_herd: MakeHerd, store: object) -> None:
    herd = make_herd(url=store.url, series={"interval": "60s"})  # type: ignore[attr-defined]
    herd.client.wait([herd.client.enqueue("nap", keep=600).id for _ in range(20)], 30)
    assert herd.stop() == 0
    assert total(herd, "done") == 20
