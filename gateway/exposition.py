"""What `GET /metrics` says: the gateway's own figures, and the queues' as it sees them."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from config.version import __version__
from engine.jobs.job import QueueFigures
from gateway.counts import BUCKETS, Counts

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

MOST_QUEUES = 100
"""Queues that are shown by name, the deepest first; the others are added up."""

OTHERS = "(others)"
"""The name of all further queues; no queue can have it."""

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""What the page is."""

Gauges = Mapping[str, tuple[str, float]]
"""Name (without the prefix) -> what it is, and its value."""

_DEPTHS = ("pending", "scheduled", "processing", "dead", "parked")


def page(counts: Counts, gauges: Gauges, queues: Mapping[str, QueueFigures] | None) -> bytes:
    """The whole page; `queues` are None when the store is away."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gathered([*_own(counts), *_gauges(gauges), *_of_queues(queues or {})]))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Gathered(Collector):
    def __init__(self, found: Sequence["Metric"]) -> None:
        self._found = found

    def collect(self) -> Iterable["Metric"]:
        return self._found


def _own(counts: Counts) -> Iterator["Metric"]:
    requests = CounterMetricFamily(
        "herdsman_gateway_requests", "Requests answered", labels=["route", "method", "status"]
    )
    for (route, method, status), count in sorted(counts.requests.items()):
        requests.add_metric([route, method, str(status)], count)
    yield requests
    seconds = HistogramMetricFamily("herdsman_gateway_request_seconds", "Until the answer began", labels=["route"])
    for route, buckets in sorted(counts.seconds.items()):
        upper = [*map(str, BUCKETS), "+Inf"]
        seconds.add_metric([route], list(zip(upper, itertools.accumulate(buckets), strict=True)), counts.spent[route])
    yield seconds
    refused = CounterMetricFamily("herdsman_gateway_refused", "Requests and clients turned away", labels=["reason"])
    for reason, count in sorted(counts.reasons.items()):
        refused.add_metric([reason], count)
    yield refused
    yield CounterMetricFamily("herdsman_gateway_jobs_accepted", "Jobs accepted", value=counts.jobs)
    build = GaugeMetricFamily("herdsman_build_info", "The release", labels=["version"])
    build.add_metric([__version__], 1)
    yield build


def _gauges(gauges: Gauges) -> Iterator["Metric"]:
    for name, (what, value) in gauges.items():
        yield GaugeMetricFamily(f"herdsman_gateway_{name}", what, value=value)


def _of_queues(queues: Mapping[str, QueueFigures]) -> Iterator["Metric"]:
    shown = bounded(queues)
    depth = GaugeMetricFamily("herdsman_gateway_queue_depth", "Jobs by state", labels=["queue", "state"])
    oldest = GaugeMetricFamily("herdsman_gateway_queue_oldest_seconds", "Age of the oldest pending", labels=["queue"])
    paused = GaugeMetricFamily("herdsman_gateway_queue_paused", "1 when it gives no jobs out", labels=["queue"])
    for name, figures in shown.items():
        for state in _DEPTHS:
            depth.add_metric([name, state], getattr(figures, state))
        oldest.add_metric([name], figures.oldest)
        paused.add_metric([name], figures.paused)
    yield from (depth, oldest, paused)


def bounded(queues: Mapping[str, QueueFigures], most: int = MOST_QUEUES) -> dict[str, QueueFigures]:
    """These queues by name; of more than `most` the deepest, and the rest as one. Pure."""
    if len(queues) <= most:
        return {name: queues[name] for name in sorted(queues)}
    order = sorted(queues, key=lambda name: (-_size(queues[name]), name))
    rest = [queues[name] for name in order[most:]]
    others = QueueFigures(
        **{state: sum(getattr(one, state) for one in rest) for state in _DEPTHS}, oldest=max(one.oldest for one in rest)
    )
    return {**{name: queues[name] for name in sorted(order[:most])}, OTHERS: others}


def _size(figures: QueueFigures) -> int:
    return figures.pending + figures.scheduled + figures.processing + figures.dead
