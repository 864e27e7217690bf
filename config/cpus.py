"""How many CPUs this process may really use."""

import os
from pathlib import Path

from config.cgroups import groups, lines


def available(root: Path = Path("/")) -> int:
    """Whole CPUs: the lesser of the CPU affinity and the cgroup quota (rounded down), at least 1.

    `root` is where /proc and the cgroup mounts are looked up; tests give a tree of their own.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = quota(root)
    return max(1, count if limit is None else min(count, int(limit)))


def quota(root: Path = Path("/")) -> float | None:
    """CPUs granted by cgroups (v1 or v2), the tightest from ours up to the top; None: there is no limit."""
    limits = [
        _read_v2(group.folder) if group.version == 2 else _read_v1(group.folder)  # noqa: PLR2004  # cgroup v2
        for group in groups("cpu", root)
    ]
    return min((limit for limit in limits if limit is not None), default=None)


def _read_v2(folder: Path) -> float | None:
    words = " ".join(lines(folder / "cpu.max")).split()
    return _ratio(*words) if len(words) == 2 else None  # noqa: PLR2004  # quota and period


def _read_v1(folder: Path) -> float | None:
    words = [*lines(folder / "cpu.cfs_quota_us"), *lines(folder / "cpu.cfs_period_us")]
    return _ratio(*words) if len(words) == 2 else None  # noqa: PLR2004  # quota and period


def _ratio(quota_us: str, period_us: str) -> float | None:
    """Quota over period; None for "max", -1 or anything that is no number."""
    try:
        granted, period = int(quota_us), int(period_us)
    except ValueError:
        return None
    return granted / period if granted > 0 and period > 0 else None
