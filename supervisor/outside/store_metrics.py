"""Families of the store: queues, dead letters, schedules, and the store itself. As the keepers read them."""

from collections.abc import Iterable, Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from config import Config
from supervisor.outside.figures import Figures, Punctuality
from supervisor.outside.kept_names import KeptNames
from supervisor.services.states import State

_DEPTHS = ("pending", "scheduled", "processing", "parked")  # parked ones are among the pending
_GAUGES = {
    "oldest_seconds": "Age of the oldest waiting job",
    "paused": "1 when a queue is paused",
    "wait_target_seconds": "Within which jobs should start, 0 for no target",
    "max_pending": "Jobs that may wait, 0 for no limit",
}


def queue_families(figures: Figures, queues: Iterable[str], config: Config, kept: KeptNames) -> Iterator[Metric]:
    """Depths, ages, dead letters; `queues` have their zeros from the start."""
    depth = GaugeMetricFamily("herdsman_queue_depth", "Jobs in a queue by state", labels=["queue", "state"])
    gauges = {
        name: GaugeMetricFamily(f"herdsman_queue_{name}", text, labels=["queue"]) for name, text in _GAUGES.items()
    }
    dead = GaugeMetricFamily("herdsman_dlq_size", "Dead jobs", labels=["queue"])
    alert = GaugeMetricFamily("herdsman_dlq_alert", "1 while a queue has too many dead jobs", labels=["queue"])
    rescued = CounterMetricFamily("herdsman_janitor_rescued", "Jobs whose lease lapsed", labels=["queue"])
    groups = CounterMetricFamily("herdsman_dlq_new_groups", "Errors that jobs had not died of lately", labels=["queue"])
    for label, names in _by_label(figures, queues, kept).items():
        policy = config.queue(label)
        gauges["wait_target_seconds"].add_metric([label], policy.wait_target)
        gauges["max_pending"].add_metric([label], policy.max_pending)
        said = [figures.queues.get(name, {}) for name in names if name not in figures.stale]
        if said:  # nothing is better than what was true once
            for state in _DEPTHS:
                depth.add_metric([label, state], _sum(said, state))
            gauges["oldest_seconds"].add_metric([label], max(one.get("oldest") or 0 for one in said))
            gauges["paused"].add_metric([label], all(one.get("paused") for one in said))
            dead.add_metric([label], _sum(said, "dead"))
        alert.add_metric([label], any(name in figures.alarms for name in names))
        rescued.add_metric([label], sum(figures.rescued.get(name, 0) for name in names))
        groups.add_metric([label], sum(figures.new_groups.get(name, 0) for name in names))
    yield from (depth, *gauges.values(), dead, alert, rescued, groups)


def _by_label(figures: Figures, queues: Iterable[str], kept: KeptNames) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys([*queues, *figures.queues, *sorted(figures.alarms), *figures.new_groups]):
        found.setdefault(kept.queue(name), []).append(name)
    return found


def _sum(said: Iterable[dict[str, Any]], key: str) -> float:
    return sum(one.get(key) or 0 for one in said)


def schedule_families(figures: Figures, schedules: Iterable[str]) -> Iterator[Metric]:
    """When each last succeeded, and when it should have; `schedules` have their zeros from the start."""
    success, since, period, paused = (
        GaugeMetricFamily(f"herdsman_schedule_{name}", text, labels=["schedule"])
        for name, text in {
            "last_success_timestamp_seconds": "When a schedule's job last succeeded",
            "since_timestamp_seconds": "Since when a schedule's times count",
            "period_seconds": "The longest rest between its slots",
            "paused": "1 when a schedule is paused",
        }.items()
    )
    for name in dict.fromkeys([*schedules, *figures.schedules]):
        one = figures.schedules.get(name, Punctuality())
        success.add_metric([name], one.success)
        since.add_metric([name], one.since)
        period.add_metric([name], one.period)
        paused.add_metric([name], one.paused)
    return iter((success, since, period, paused))


def store_families(figures: Figures, *, embedded: bool, state: State | None) -> Iterator[Metric]:
    """The store itself, and the janitor's last sweep of it."""
    # Of the embedded one we know more than the keepers: that its process is gone.
    up = figures.up and (not embedded or state is State.RUNNING)
    if figures.fresh or not up:
        yield GaugeMetricFamily("herdsman_store_up", "1 when the store answers", up)
    if figures.fresh:
        yield GaugeMetricFamily("herdsman_store_memory_bytes", "Memory the store uses", figures.memory)
        yield GaugeMetricFamily("herdsman_store_memory_limit_bytes", "Its limit, 0 for none", figures.memory_limit)
        yield GaugeMetricFamily(
            "herdsman_janitor_last_sweep_timestamp_seconds", "When the janitor last swept", figures.swept_at
        )
