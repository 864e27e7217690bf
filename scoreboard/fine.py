"""Fine histograms of one row of series: what the percentiles of charts are made of (docs/series.md).

60 buckets, each 1.41 times as wide as the one before it, from 100 us; runs that completed and those that did not apart.
They stand beside the rows, not in them: who reads a row for Prometheus does not pay for them.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple

from scoreboard.layout import FINE_BUCKETS, FineRow

FINE_NS: Final = tuple(round(100_000 * 2 ** (step / 2)) for step in range(FINE_BUCKETS - 1))
"""Upper bounds in nanoseconds, each in its own bucket; what is longer than the last is in one more."""

_MOMENT: Final = FINE_NS[0]


class FineSnapshot(NamedTuple):
    """A copy: of completed runs (in a row of waiting times: of waits) and of the others; each bucket counts its own."""

    runs: tuple[int, ...]
    failed: tuple[int, ...]
    failed_ns: int


def add(words: memoryview, durations_ns: Sequence[int], *, failed: bool) -> None:
    """Count durations in nanoseconds, at least one and none negative; the caller is the row's writer."""
    first = FineRow.FAILED if failed else FineRow.RUNS
    if failed:
        words[FineRow.FAILED_NS] += sum(durations_ns)
    longest = max(durations_ns)
    if longest <= _MOMENT:  # short jobs come in large batches
        words[first] += len(durations_ns)
        return
    low, high = bisect_left(FINE_NS, min(durations_ns)), bisect_left(FINE_NS, longest)
    if low == high:
        words[first + low] += len(durations_ns)
        return
    for duration in durations_ns:
        words[first + bisect_left(FINE_NS, duration, low, high)] += 1


def read(words: memoryview) -> FineSnapshot:
    """Copy a row, from any process."""
    values = words[: FineRow.FAILED_NS + 1].tolist()
    return FineSnapshot(
        tuple(values[: FineRow.FAILED]), tuple(values[FineRow.FAILED : FineRow.FAILED_NS]), values[FineRow.FAILED_NS]
    )
