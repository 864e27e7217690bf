"""A real Prometheus finds a real herd through /sd, and every query of every board and rule answers."""

import json
import re
from collections.abc import Iterator

import pytest
import yaml

from deploy.grafana.generate import BOARDS
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.ports import free_port
from tests.support.processes import eventually
from tests.support.prometheus import Prometheus

pytestmark = pytest.mark.timeout(120)  # not `process`: one herd for all of this file outlives each test

RULES = yaml.safe_load((ROOT / "deploy/prometheus/herdsman.rules.yml").read_text())
WORDS = {"$__rate_interval": "10s", "$namespace": ".*", "$queue": ".*", "$type": ".*", "$pool": ".*"}
WITHIN = 30.0

# What rightly has nothing to say of a herd that is seconds old, and why.
NOTHING = {
    "offset 1w": "it did not exist a week ago",
    "changes(herdsman_pool_generation": "nothing was deployed",
    "herdsman_autoscale_decisions_total": "no pool has `autoscale`",
    "herdsman_worker_recycles_total": "nobody was recycled",
    "herdsman_log_dropped_bytes_total": "no line was lost",
    "herdsman_program_probe_restarts_total": "no program has a probe",
}


@pytest.fixture(scope="module")
def herd() -> Iterator[Herd]:
    first = free_port()
    free_port()  # the second worker's: ports are handed out one after the other
    herd = Herd(
        pool={"http_port": first, "max_memory_restart": "1G"},
        with_gateway=True,
        store={"max_memory": "100M"},
        queues={
            "default": {"wait_target": "1ms", "retries": 1, "backoff": {"base": "100ms"}, "max_crashes": 2}
            | {"max_pending": 100_000}
        },
        schedules=[{"name": "tick", "task": "nap", "cron": "* * * * * *", "payload": 0}],
        programs=[{"name": "beside", "command": "sleep 600"}],
    )
    try:
        herd.start()
        herd.ready()
        yield herd
    finally:
        print(herd.tail())
        herd.close()


@pytest.fixture(scope="module")
def prometheus(herd: Herd) -> Iterator[Prometheus]:
    rules = json.loads(json.dumps(RULES).replace('"30s"', '"500ms"'))
    scrape = {"http_sd_configs": [{"url": f"http://127.0.0.1:{herd.metrics_port}/sd", "refresh_interval": "500ms"}]}
    server = Prometheus(scrape, yaml.safe_dump(rules))
    try:
        # Zeros are seen before anything, else nothing would grow; those of the supervisor, for workers have their own.
        zero = 'herdsman_jobs_total{component="supervisor", type="%s", outcome="%s"}'
        for type_, outcome in (("nap", "dead"), ("nap", "retried"), ("die", "crashed")):
            eventually(lambda asked=zero % (type_, outcome): server.query(asked), WITHIN, herd.tail)
        for _ in range(5):
            herd.client.enqueue("nap", -1)  # fails
        herd.client.enqueue("die")
        herd.client.enqueue_many([("nap", 0)] * 50)
        yield server
    finally:
        server.close()


def test_the_supervisor_and_each_worker_that_serves_are_found_and_scraped(herd: Herd, prometheus: Prometheus) -> None:
    def seen() -> dict[str, str]:
        found = prometheus.targets()
        return {one["labels"].get("worker") or one["labels"]["component"]: one["health"] for one in found}

    wanted = {"supervisor": "up", "default.0": "up", "default.1": "up"}
    eventually(lambda: wanted.items() <= seen().items(), WITHIN, seen)
    assert "gateway" in seen()
    assert {one["labels"]["namespace"] for one in prometheus.targets()} == {"default"}
    labels = {label["pool"] for label, _ in prometheus.query('up{component="worker"}')}
    assert labels == {"default"}


def test_every_query_of_every_board_answers(herd: Herd, prometheus: Prometheus) -> None:
    queries = {
        f"{name}: {panel['title']}: {target['expr']}": _filled(target["expr"])
        for name, board in BOARDS.items()
        for panel in board.json()["panels"]
        for target in panel.get("targets", ())
    }
    queries |= {f"{name}: deploys": _filled(board.deploys) for name, board in BOARDS.items()}
    assert [words for words in NOTHING if not any(words in query for query in queries.values())] == []
    _all_answer(herd, prometheus, queries)
    for board in BOARDS.values():
        for variable in board.variables:
            assert prometheus.labels(variable.name, _filled(variable.series)), variable


def test_every_recorded_figure_is_there(herd: Herd, prometheus: Prometheus) -> None:
    recorded = [rule["record"] for group in RULES["groups"] for rule in group["rules"] if "record" in rule]
    assert len(recorded) > 20
    _all_answer(herd, prometheus, {name: name for name in recorded})
    assert prometheus.failing_rules() == []
    # Fifty jobs at once, and each was to start within a millisecond.
    assert prometheus.value('herdsman_jobs_started_late_total{component="supervisor"}') > 0


def test_every_alert_asks_for_series_that_exist_and_those_that_should_are_up(
    herd: Herd, prometheus: Prometheus
) -> None:
    alerts = [rule for group in RULES["groups"] for rule in group["rules"] if "alert" in rule]
    series = {name for rule in alerts for name in re.findall(r"\bherdsman_\w+|[\w]+:herdsman\w*:\w+", rule["expr"])}
    assert len(series) > 20
    _all_answer(herd, prometheus, {name: f"count({name})" for name in series})
    for rule in alerts:
        prometheus.query(rule["expr"])  # it can be evaluated
    # Jobs have died: that needs no waiting. And its words have been filled in.
    found = eventually(
        lambda: [one for one in prometheus.alerts() if one["labels"]["alertname"] == "DeadGrowing"], WITHIN
    )
    assert found[0]["annotations"]["summary"] == "Queue default: jobs die"
    assert found[0]["annotations"]["dashboard"].endswith("/d/herdsman-overview?var-namespace=default&var-queue=default")


def _filled(expr: str) -> str:
    for word, value in WORDS.items():
        expr = expr.replace(word, value)
    assert "$" not in expr, expr
    return expr


def _all_answer(herd: Herd, prometheus: Prometheus, queries: dict[str, str]) -> None:
    """All are parsed; all but those of NOTHING return something, while jobs run."""
    left = dict(queries)

    def answered() -> bool:
        herd.client.enqueue_many([("nap", 0), ("nap", -1)])
        for name in [name for name, query in left.items() if prometheus.query(query)]:
            del left[name]
        return all(any(words in query for words in NOTHING) for query in left.values())

    eventually(answered, WITHIN, lambda: f"no answer to {left}\n{herd.tail()}")
