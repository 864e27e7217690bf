"""Families of jobs: what became of them, how long they ran and waited. Sums over the slots of the scoreboard."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from scoreboard import BUCKETS, OUTCOMES, SeriesKind, SeriesSnapshot
from supervisor.outside.kept_names import KeptNames

Rows = list[SeriesSnapshot]


def job_families(worked: Rows, settled: Rows, queues: Iterable[str], kept: KeptNames) -> Iterator[Metric]:
    """All of them.

    Args:
        worked: what workers have counted.
        settled: what keepers have counted of workers that died.
        queues: have their zeros from the start.
        kept: who has series of their own.
    """
    waits: dict[tuple[str, ...], Rows] = {(queue,): [] for queue in queues}
    durations: dict[tuple[str, ...], Rows] = defaultdict(list)
    crashes: Counter[tuple[str, ...]] = Counter()
    for row in worked:
        if row.kind is SeriesKind.WAITS:
            waits.setdefault((kept.queue(row.queue),), []).append(row)
        else:
            durations[kept.type(row.queue, row.type)].append(row)
    ends = {key: list(rows) for key, rows in durations.items()}
    for row in (one for one in settled if one.kind is SeriesKind.JOBS):
        key = kept.type(row.queue, row.type)
        ends.setdefault(key, []).append(row)
        # Whatever a keeper settles was taken down with its process: another try is left, or it was the last one.
        crashes[key] += row.outcomes["crashed"] + row.outcomes["dead"]
    yield _jobs(ends, waits)
    yield _counter("herdsman_job_crashes", "Runs that took their process down", ["queue", "type"], ends, crashes)
    yield _histogram("herdsman_job_duration_seconds", "Run time of jobs", ["queue", "type"], durations)
    yield _histogram("herdsman_job_wait_seconds", "Time from due to claimed", ["queue"], waits)
    late = Counter({key: sum(row.late for row in rows) for key, rows in waits.items()})
    yield _counter("herdsman_jobs_started_late", "Jobs claimed later than wait_target", ["queue"], waits, late)


def _jobs(ends: dict[tuple[str, ...], Rows], waits: dict[tuple[str, ...], Rows]) -> Metric:
    family = CounterMetricFamily("herdsman_jobs", "Runs by outcome", labels=["queue", "type", "outcome"])
    for key, rows in ends.items():
        for outcome in OUTCOMES:
            family.add_metric([*key, outcome], sum(row.outcomes[outcome] for row in rows))
    for key, rows in waits.items():
        # The store does not tell of which type an acknowledgement was that came too late.
        family.add_metric([*key, "", "lost"], sum(row.outcomes["lost"] for row in rows))
    return family


def _counter(
    name: str, text: str, labels: list[str], keys: Iterable[tuple[str, ...]], counts: Counter[tuple[str, ...]]
) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for key in keys:
        family.add_metric(list(key), counts[key])
    return family


def _histogram(name: str, text: str, labels: list[str], rows: dict[tuple[str, ...], Rows]) -> Metric:
    family = HistogramMetricFamily(name, text, labels=labels)
    for key, parts in rows.items():
        counts = [sum(part.buckets[place] for part in parts) for place in range(len(BUCKETS))]
        total, buckets = 0, []
        for bound, count in zip(BUCKETS, counts, strict=True):
            total += count
            buckets.append(("+Inf" if bound == float("inf") else repr(bound), total))
        family.add_metric(list(key), buckets, sum(part.sum_ns for part in parts) / 1e9)
    return family
