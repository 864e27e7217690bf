"""Prometheus metrics from the scoreboard and the pools. Read when somebody asks; nothing is counted here.

Series are labelled by queue, type, pool and worker name, never by pid. Job counters are sums over the slots of the
scoreboard, which outlive their workers, so no counter goes back when one is replaced.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from config.version import __version__
from scoreboard import BUCKETS, OUTCOMES, Cause, SeriesKind, SeriesSnapshot
from supervisor.herd import Herd
from supervisor.outside.figures import Figures, queue_figures
from supervisor.pools.autoscaling import DOWN, UP
from supervisor.probes.verdict import Health
from supervisor.services.states import State

_REASONS = tuple(cause for cause in Cause if cause is not Cause.NONE)
_DEPTHS = ("pending", "scheduled", "processing", "parked")  # parked ones are among the pending


class HerdCollector(Collector):
    """Answers a scrape with every figure this host has."""

    def __init__(
        self,
        herd: Herd,
        queues: Iterable[str],
        schedules: Iterable[str] = (),
        wait_target: Callable[[str], float] = lambda _: 0.0,
    ) -> None:
        self._herd = herd
        self._schedules = tuple(schedules)
        self._wait_target = wait_target  # seconds, by queue
        self._queues = tuple(dict.fromkeys(queues))  # known from the config: their zeros are there from the start

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        board, slots = self._herd.board, range(self._herd.slots.used)
        rows = [row for slot in slots for table in (board.series(slot), board.aftermath(slot)) for row in table.rows()]
        figures = queue_figures(self._herd.board, self._herd.pool_records)
        yield from _jobs(rows, self._queues)
        yield from _queue_families(figures, self._queues, self._wait_target)
        yield _successes(figures, self._schedules)
        yield from _store(figures, embedded=self._herd.store is not None, state=_state(self._herd))
        yield from self._workers()
        yield from self._programs()
        yield from self._logger()
        yield _build_info()

    def _workers(self) -> Iterator[Metric]:
        workers = GaugeMetricFamily("herdsman_workers", "Seats by state", labels=["pool", "state"])
        restarts = CounterMetricFamily(
            "herdsman_worker_restarts", "Workers that followed another", labels=["pool", "reason"]
        )
        memory = GaugeMetricFamily(
            "herdsman_worker_memory_bytes", "Resident memory, descendants counted", labels=["pool", "worker"]
        )
        deaths = CounterMetricFamily("herdsman_worker_deaths", "Workers that died", labels=["pool", "cause"])
        desired = GaugeMetricFamily("herdsman_pool_desired", "Workers wanted", labels=["pool"])
        for pool in self._herd.pools:
            desired.add_metric([pool.name], pool.target)
            for state in State:
                workers.add_metric([pool.name, state.lower()], sum(seat.state is state for seat in pool.seats))
            for reason in _REASONS:
                cause = reason.name.lower()
                restarts.add_metric([pool.name, cause], pool.restarts[reason])
                deaths.add_metric([pool.name, cause], self._herd.certificates.counts[pool.name, cause])
            sizes: dict[str, int] = {}
            for seat in pool.seats:  # while one replaces another they share a name
                sizes[seat.name] = sizes.get(seat.name, 0) + self._herd.board.seat(seat.slot).rss
            for name, size in sizes.items():
                memory.add_metric([pool.name, name], size)
        return iter((workers, restarts, deaths, memory, desired, _strays(self._herd), _decisions(self._herd)))

    def _programs(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("herdsman_program_up", "Whether an instance runs", labels=["program", "instance"])
        restarts = CounterMetricFamily(
            "herdsman_program_restarts", "Starts after a crash", labels=["program", "instance"]
        )
        healthy = GaugeMetricFamily(
            "herdsman_program_healthy", "Whether its probe says that it works", labels=["program", "instance"]
        )
        probed = CounterMetricFamily(
            "herdsman_program_probe_restarts", "Ended by us, not ready or unhealthy", labels=["program", "instance"]
        )
        for name, services in self._herd.programs.items():
            for number, service in enumerate(services):
                up.add_metric([name, str(number)], service.state is State.RUNNING)
                restarts.add_metric([name, str(number)], service.restarts)
                if service.probe is not None:
                    healthy.add_metric([name, str(number)], service.probe.health is Health.HEALTHY)
                    probed.add_metric([name, str(number)], service.probe.restarts)
        return iter((up, restarts, healthy, probed))

    def _logger(self) -> Iterator[Metric]:
        record = self._herd.board.logger()
        yield CounterMetricFamily("herdsman_log_written_bytes", "Log bytes written", record.written_bytes)
        dropped = record.dropped_bytes + self._herd.logger.sink.discarded
        yield CounterMetricFamily("herdsman_log_dropped_bytes", "Log bytes lost", dropped)


def _strays(herd: Herd) -> Metric:
    family = CounterMetricFamily("herdsman_strays_killed", "Processes that dead workers had left", labels=["pool"])
    for pool in herd.pools:
        family.add_metric([pool.name], herd.strays_killed[pool.name])
    return family


def _decisions(herd: Herd) -> Metric:
    family = CounterMetricFamily(
        "herdsman_autoscale_decisions", "Changes of a pool's size by its queues", labels=["pool", "direction"]
    )
    for pool in herd.pools:
        follower = herd.autoscaling.of(pool)
        for direction in (UP, DOWN) if follower else ():
            family.add_metric([pool.name, direction], follower.counts[direction] if follower else 0)
    return family


def _state(herd: Herd) -> State | None:
    return herd.store.state if herd.store is not None else None


def _jobs(rows: list[SeriesSnapshot], queues: Iterable[str]) -> Iterator[Metric]:
    outcomes: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(OUTCOMES))
    durations: dict[tuple[str, ...], list[SeriesSnapshot]] = defaultdict(list)
    waits: dict[tuple[str, ...], list[SeriesSnapshot]] = {(queue,): [] for queue in queues}
    for row in rows:
        if row.kind is SeriesKind.WAITS:
            waits.setdefault((row.queue,), []).append(row)
            continue
        durations[row.queue, row.type].append(row)
        sums = outcomes[row.queue, row.type]
        for place, outcome in enumerate(OUTCOMES):
            sums[place] += row.outcomes[outcome]
    jobs = CounterMetricFamily("herdsman_jobs", "Jobs by outcome", labels=["queue", "type", "outcome"])
    for (queue, kind), counts in outcomes.items():
        for outcome, count in zip(OUTCOMES, counts, strict=True):
            jobs.add_metric([queue, kind, outcome], count)
    yield jobs
    yield _histogram("herdsman_job_duration_seconds", "Run time of jobs", ["queue", "type"], durations)
    yield _histogram("herdsman_job_wait_seconds", "Time from due to started", ["queue"], waits)


def _histogram(
    name: str, text: str, labels: list[str], rows: dict[tuple[str, ...], list[SeriesSnapshot]]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, text, labels=labels)
    for key, parts in rows.items():
        counts = [sum(part.buckets[place] for part in parts) for place in range(len(BUCKETS))]
        total, buckets = 0, []
        for bound, count in zip(BUCKETS, counts, strict=True):
            total += count
            buckets.append(("+Inf" if bound == float("inf") else repr(bound), total))
        family.add_metric(list(key), buckets, sum(part.sum_ns for part in parts) / 1e9)
    return family


def _queue_families(figures: Figures, queues: Iterable[str], wait_target: Callable[[str], float]) -> Iterator[Metric]:
    depth = GaugeMetricFamily("herdsman_queue_depth", "Jobs in a queue by state", labels=["queue", "state"])
    oldest = GaugeMetricFamily("herdsman_queue_oldest_seconds", "Age of the oldest waiting job", labels=["queue"])
    dead = GaugeMetricFamily("herdsman_dlq_size", "Dead jobs", labels=["queue"])
    alert = GaugeMetricFamily("herdsman_dlq_alert", "1 while a queue has too many dead jobs", labels=["queue"])
    paused = GaugeMetricFamily("herdsman_queue_paused", "1 when a queue is paused", labels=["queue"])
    target = GaugeMetricFamily(
        "herdsman_queue_wait_target_seconds", "Within which jobs should start, 0 for no target", labels=["queue"]
    )
    rescued = CounterMetricFamily("herdsman_janitor_rescued", "Jobs whose lease lapsed", labels=["queue"])
    groups = CounterMetricFamily("herdsman_dlq_new_groups", "Errors that jobs had not died of lately", labels=["queue"])
    for name in dict.fromkeys([*queues, *figures.queues, *sorted(figures.alarms), *figures.new_groups]):
        said = figures.queues.get(name, {})
        for state in _DEPTHS:
            depth.add_metric([name, state], said.get(state) or 0)
        oldest.add_metric([name], said.get("oldest") or 0)
        dead.add_metric([name], said.get("dead") or 0)
        alert.add_metric([name], name in figures.alarms)
        paused.add_metric([name], bool(said.get("paused")))
        target.add_metric([name], wait_target(name))
        rescued.add_metric([name], figures.rescued.get(name, 0))
        groups.add_metric([name], figures.new_groups.get(name, 0))
    return iter((depth, oldest, dead, alert, paused, target, rescued, groups))


def _successes(figures: Figures, schedules: Iterable[str]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "herdsman_schedule_last_success_timestamp_seconds", "When a schedule's job last succeeded", labels=["schedule"]
    )
    for name in dict.fromkeys([*schedules, *figures.schedules]):
        family.add_metric([name], figures.schedules.get(name, 0))
    return family


def _store(figures: Figures, *, embedded: bool, state: State | None) -> Iterator[Metric]:
    # Of the embedded one we know more than the keepers: that its process is gone.
    up = figures.up and (not embedded or state is State.RUNNING)
    yield GaugeMetricFamily("herdsman_store_up", "1 when the store answers", up)
    yield GaugeMetricFamily("herdsman_store_memory_bytes", "Memory the store uses", figures.memory)
    yield GaugeMetricFamily("herdsman_store_memory_limit_bytes", "Its limit, 0 for none", figures.memory_limit)
    yield GaugeMetricFamily(
        "herdsman_janitor_last_sweep_timestamp_seconds", "When the janitor last swept", figures.swept_at
    )


def _build_info() -> GaugeMetricFamily:
    family = GaugeMetricFamily("herdsman_build_info", "Which herdsman this is", labels=["version"])
    family.add_metric([__version__], 1)
    return family
