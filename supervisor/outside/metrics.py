"""Prometheus metrics from the scoreboard and the pools. Read when somebody asks; nothing is counted here.

Series are labelled by queue, type, pool and worker name, never by pid. Job counters are sums over the slots of the
scoreboard, which outlive their workers, so no counter goes back when one is replaced. docs/metrics.md lists all.
"""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from config import Config
from config.version import __version__
from supervisor.herd import Herd
from supervisor.outside.figures import queue_figures
from supervisor.outside.job_metrics import job_families
from supervisor.outside.kept_names import KeptNames
from supervisor.outside.pool_metrics import pool_families
from supervisor.outside.store_metrics import queue_families, schedule_families, store_families
from supervisor.probes.verdict import Health
from supervisor.services.states import State


class HerdCollector(Collector):
    """Answers a scrape with every figure this host has.

    Args:
        config: its queues and schedules have zeros from the start.
        kept: which names have series of their own; the same for the whole life of the supervisor.
    """

    def __init__(self, herd: Herd, config: Config, kept: KeptNames) -> None:
        self._herd = herd
        self._config = config
        self._kept = kept
        named = [*config.queues, *(queue for pool in config.pools for queue in pool.queues)]
        self._queues = tuple(dict.fromkeys(named))
        self._schedules = tuple(schedule.name for schedule in config.schedules)
        kept.always(self._queues)

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        herd, board, slots = self._herd, self._herd.board, range(self._herd.slots.used)
        worked = [row for slot in slots for row in board.series(slot).rows()]
        settled = [row for slot in slots for row in board.aftermath(slot).rows()]
        figures = queue_figures(board, herd.pool_records)
        yield from job_families(worked, settled, self._queues, self._kept)
        yield from queue_families(figures, self._queues, self._config, self._kept)
        yield from schedule_families(figures, self._schedules)
        if herd.pools:  # their keepers are who reads the store: without any nothing is known of it, which is not zero
            state = herd.store.state if herd.store is not None else None
            yield from store_families(figures, embedded=herd.store is not None, state=state)
        yield from pool_families(herd, figures)
        yield from _programs(herd)
        yield from _logger(herd)
        yield _build_info()


def _programs(herd: Herd) -> Iterator[Metric]:
    labels = ["program", "instance"]
    up = GaugeMetricFamily("herdsman_program_up", "Whether an instance runs", labels=labels)
    restarts = CounterMetricFamily("herdsman_program_restarts", "Starts after a crash", labels=labels)
    healthy = GaugeMetricFamily("herdsman_program_healthy", "Whether its probe says that it works", labels=labels)
    probed = CounterMetricFamily(
        "herdsman_program_probe_restarts", "Ended by us, not ready or unhealthy", labels=labels
    )
    for name, services in herd.programs.items():
        for number, service in enumerate(services):
            key = [name, str(number)]
            up.add_metric(key, service.state is State.RUNNING)
            restarts.add_metric(key, service.restarts)
            if service.probe is not None:
                healthy.add_metric(key, service.probe.health is Health.HEALTHY)
                probed.add_metric(key, service.probe.restarts)
    return iter((up, restarts, healthy, probed))


def _logger(herd: Herd) -> Iterator[Metric]:
    record = herd.board.logger()
    yield CounterMetricFamily("herdsman_log_written_bytes", "Log bytes written", record.written_bytes)
    dropped = record.dropped_bytes + herd.logger.sink.discarded
    yield CounterMetricFamily("herdsman_log_dropped_bytes", "Log bytes lost", dropped)


def _build_info() -> GaugeMetricFamily:
    family = GaugeMetricFamily("herdsman_build_info", "Which herdsman this is", labels=["version"])
    family.add_metric([__version__], 1)
    return family
