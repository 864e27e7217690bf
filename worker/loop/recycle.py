"""When a worker has served long enough: after so many jobs, or grown too large. Pure but for `Scales`."""

import os

from scoreboard import ExitReason
from scoreboard.memory import has_children, resident, tree_size
from scoreboard.processes import ProcessTable

HARD_FACTOR = 1.5  # times max_memory_restart: the keeper kills, without waiting for the job to end
_SPREAD = 4  # the last worker of a pool recycles 1/4 later than the first


def jobs_limit(max_jobs: int, rank: int, instances: int) -> int:
    """After how many jobs the worker of that rank in its pool is replaced; 0 = never.

    No two of a pool get the same limit, so that they do not all go at once.
    """
    if max_jobs <= 0:
        return 0
    step = max(1, max_jobs // (_SPREAD * max(1, instances)))
    return max_jobs + step * (rank % max(1, instances))


def age_limit(max_age: float, rank: int, instances: int) -> float:
    """How old the worker of that rank becomes before it is replaced, in seconds; 0 = no limit. Spread like the jobs."""
    places = max(1, instances)
    return max_age * (1 + rank % places / (_SPREAD * places))


def verdict(jobs_done: int, limit: int, rss: int, max_memory: int | None) -> ExitReason | None:
    """Whether to leave at this job boundary, and why. Sizes in bytes."""
    if limit and jobs_done >= limit:
        return ExitReason.RECYCLE_JOBS
    if max_memory and rss > max_memory:
        return ExitReason.RECYCLE_MEMORY
    return None


def too_large(rss: int, max_memory: int | None) -> bool:
    """Whether a worker is so large that it must go at once, in the middle of its job."""
    return bool(max_memory) and rss > HARD_FACTOR * (max_memory or 0)


class Scales:
    """Weighs this process with all that descends from it, against a limit in bytes (docs/memory.md)."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit or 0
        self._table = ProcessTable()

    def __call__(self) -> int:
        """Bytes. Without children it is one system call and one small read."""
        if not has_children():
            return resident(os.getpid())
        self._table.refresh()
        return tree_size(os.getpid(), self._table, self._limit)
