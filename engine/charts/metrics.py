"""The metrics of charts: what each is made of. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from engine.charts.counting import Depths, Runs, Waits
from engine.charts.vector import BOUNDS, Counts, percentile

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_SECONDS = 1e6


def _nothing(_counts: Counts) -> float | None:
    return None


def _no_gauge(_counts: Sequence[Counts], _samples: int) -> float:
    return 0.0


@dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes:
        kind: of the series it is made of: j runs, w waits, g depths.
        about: what it is, in words. unit: "jobs", "runs" (of a span) or "s".
        upto: the highest number of the counts that it needs.
        value: of merged counts; None when there is nothing to tell.
        gauge: of the counts of several queues, and the number of samples.
        of: how many runs or waits a value is of; None where it is itself a number of them.
    """

    kind: str
    about: str
    unit: str
    upto: int
    value: Callable[[Counts], float | None] = _nothing
    gauge: Callable[[Sequence[Counts], int], float] = _no_gauge
    of: Callable[[Counts], int] | None = None


def _number(number: int, counts: Counts) -> float:
    return counts.get(number, 0)


def _buckets(first: int, counts: Counts) -> list[int]:
    return [counts.get(number, 0) for number in range(first, first + len(BOUNDS))]


def _share(first: int, share: float, counts: Counts) -> float | None:
    found = percentile(_buckets(first, counts), share)
    return None if found is None else round(found, 7)


def _observed(first: int, counts: Counts) -> int:
    return sum(_buckets(first, counts))


def _run_mean(counts: Counts) -> float | None:
    runs = _observed(Runs.HISTOGRAM, counts)
    spent = counts.get(Runs.RUN_US, 0) - counts.get(Runs.FAILED_US, 0)
    return round(max(0, spent) / runs / _SECONDS, 7) if runs else None


def _wait_mean(counts: Counts) -> float | None:
    started = _started(counts)
    return round(counts.get(Waits.WAITED_US, 0) / started / _SECONDS, 7) if started else None


def _started(counts: Counts) -> int:
    return counts.get(Waits.STARTED, 0)


def _mean(number: int, scale: float, queues: Sequence[Counts], samples: int) -> float:
    return round(sum(counts.get(number, 0) for counts in queues) / samples / scale, 3)


def _most(number: int, scale: float, queues: Sequence[Counts], _samples: int) -> float:
    return round(max((counts.get(number, 0) for counts in queues), default=0) / scale, 3)


def _taken_in(queues: Sequence[Counts], _samples: int) -> float:
    return sum(counts.get(Depths.TAKEN_IN, 0) for counts in queues)


def _counted(kind: str, about: str, number: int, unit: str = "runs") -> Metric:
    return Metric(kind, about, unit, number, value=partial(_number, number))


def _percentiles(kind: str, name: str, about: str, first: int) -> dict[str, Metric]:
    upto, of = first + len(BOUNDS) - 1, partial(_observed, first)
    return {
        f"{name}_{word}": Metric(
            kind, f"{about}: {share:.0%} took no longer", "s", upto, value=partial(_share, first, share), of=of
        )
        for word, share in SHARES.items()
    }


def _gauge(about: str, number: int, unit: str, gauge: Callable[[Sequence[Counts], int], float]) -> Metric:
    return Metric("g", about, unit, number, gauge=gauge)


_RUNS_UPTO = Runs.HISTOGRAM + len(BOUNDS) - 1
_RUNS_OF = partial(_observed, Runs.HISTOGRAM)
_OLDEST = partial(_most, Depths.OLDEST_MS_MOST, 1000)
METRICS: dict[str, Metric] = {
    "done": _counted("j", "jobs that completed", Runs.DONE, "jobs"),
    "failed": _counted("j", "runs that failed or crashed, whether tried again or not", Runs.FAILED),
    "dead": _counted("j", "jobs that went to the dead letters", Runs.DEAD, "jobs"),
    "crashed": _counted("j", "runs that took their process down", Runs.CRASHED),
    "ended": _counted("j", "jobs discarded, expired, or cancelled while they ran", Runs.ENDED, "jobs"),
    **_percentiles("j", "run", "run time of runs that completed", Runs.HISTOGRAM),
    "run_mean": Metric("j", "their mean run time", "s", _RUNS_UPTO, value=_run_mean, of=_RUNS_OF),
    **_percentiles("j", "failed_run", "run time of all other runs", Runs.FAILED_HISTOGRAM),
    "started": _counted("w", "jobs that workers claimed", Waits.STARTED, "jobs"),
    "late": _counted("w", "of those, jobs that had waited longer than wait_target", Waits.LATE, "jobs"),
    **_percentiles("w", "wait", "time from due to claimed", Waits.HISTOGRAM),
    "wait_mean": Metric("w", "mean time from due to claimed", "s", Waits.WAITED_US, value=_wait_mean, of=_started),
    "enqueued": _gauge("new jobs accepted", Depths.TAKEN_IN, "jobs", _taken_in),
    "depth": _gauge("mean number of pending jobs", Depths.DEPTH, "jobs", partial(_mean, Depths.DEPTH, 1)),
    "depth_max": _gauge(
        "most pending jobs of one queue", Depths.DEPTH_MOST, "jobs", partial(_most, Depths.DEPTH_MOST, 1)
    ),
    "oldest": _gauge("highest age of an oldest pending job", Depths.OLDEST_MS_MOST, "s", _OLDEST),
    "busy": _gauge("mean number of claimed and running jobs", Depths.BUSY, "jobs", partial(_mean, Depths.BUSY, 1)),
}
