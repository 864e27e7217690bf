"""What hosts and janitors say to the charts, as calls: which number of a series' counts means what, and who says it."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from engine.charts.vector import Counts, pack
from engine.store.calls import Call

LOT = 50
"""Series in one script; a host with more says them in several."""


class Keep(NamedTuple):
    """Seconds for which minutes, tens of minutes and hours are kept."""

    minutes: float = 86400.0
    tens: float = 3 * 86400.0
    hours: float = 30 * 86400.0


class Runs(IntEnum):
    """Numbers of a series `j`: runs of a queue and type. `HISTOGRAM` and `FAILED_HISTOGRAM` begin there."""

    DONE = 1
    FAILED = 2  # failed or crashed, tried again or not
    DEAD = 3
    CRASHED = 4
    ENDED = 5  # otherwise: discarded, expired, cancelled
    RUN_US = 6  # microseconds of all
    FAILED_US = 7  # of those that did not complete
    HISTOGRAM = 16
    FAILED_HISTOGRAM = 80


class Waits(IntEnum):
    """Numbers of a series `w`: waits of a queue's jobs."""

    STARTED = 1
    WAITED_US = 2
    LATE = 3  # waited longer than the queue's wait_target
    HISTOGRAM = 16


class Depths(IntEnum):
    """Numbers of a series `g`: sums over samples in which the queue had jobs; how many there were in all, `s` says."""

    DEPTH = 2
    BUSY = 3
    OLDEST_MS = 4
    TAKEN_IN = 5
    DEPTH_MOST = 201
    OLDEST_MS_MOST = 202


class Told(NamedTuple):
    """The store's time in ms; how many series grew, None: it does not know the board (any more), begin anew."""

    now_ms: int
    grew: int | None


def count(
    board: str, rows: Mapping[str, bytes], *, begin: bool = False, young: bool = False, at_ms: int = 0, keep: Keep
) -> Call[Told]:
    """All that a host has counted since it began, of these series (at most `LOT`), by name as packed counts.

    Args:
        board: names the host's counters. begin: only what is counted from now on matters.
        young: what is told here is all that was ever counted, should the store not know the board.
        at_ms: when it was read, by the store's clock; 0 = now.
    """
    args: list[Any] = [board, "begin" if begin else "count", int(young), at_ms, *_seconds(keep)]
    for name, packed in rows.items():
        args += [name, packed]
    return Call("count", args, lambda reply: Told(int(reply[0]), int(reply[1]) if reply[1] >= 0 else None))


def sample(queues: Mapping[str, Counts], least: float, keep: Keep) -> Call[bool]:
    """How deep these queues are (numbers of `Depths`); False when there was a sample less than `least` seconds ago."""
    args: list[Any] = [round(least * 1000), *_seconds(keep)]
    for queue, counts in queues.items():
        args += [queue, pack(counts)]
    return Call("sample", args, lambda reply: bool(reply[1]))


def _seconds(keep: Sequence[float]) -> list[int]:
    return [max(1, round(seconds)) for seconds in keep]
