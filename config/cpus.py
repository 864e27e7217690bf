"""How many CPUs this process may really use."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

# Fields of a line of /proc/self/mountinfo: two before its " - ", one after.
_TOP, _POINT, _OPTIONS = 3, 4, 2


def available(root: Path = Path("/")) -> int:
    """Whole CPUs: the lesser of the CPU affinity and the cgroup quota (rounded down), at least 1.

    `root` is where /proc and the cgroup mounts are looked up; tests give a tree of their own.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = quota(root)
    return max(1, count if limit is None else min(count, int(limit)))


def quota(root: Path = Path("/")) -> float | None:
    """CPUs granted by cgroups (v1 or v2), the tightest from ours up to the top; None: there is no limit."""
    limits = [limit for mount in _mounts(root) for limit in _limits(root, mount)]
    return min(limits, default=None)


class _Mount(NamedTuple):
    """One mounted cgroup tree: which part of it is mounted, where, and its version (1 or 2)."""

    top: str
    point: str
    version: int


def _mounts(root: Path) -> Iterator[_Mount]:
    """The cgroup mounts that can carry a CPU quota."""
    for line in _lines(root / "proc/self/mountinfo"):
        left, _, right = line.partition(" - ")
        fields, kind = left.split(), right.split()
        if len(fields) <= _POINT or len(kind) <= _OPTIONS:
            continue
        point = fields[_POINT].replace("\\040", " ")
        if kind[0] == "cgroup2":
            yield _Mount(fields[_TOP], point, 2)
        elif kind[0] == "cgroup" and "cpu" in kind[_OPTIONS].split(","):
            yield _Mount(fields[_TOP], point, 1)


def _limits(root: Path, mount: _Mount) -> Iterator[float]:
    """The quotas from our own cgroup up to the mount point."""
    ours = _own_group(root, mount.version)
    if ours is None:
        return
    group, top = PurePosixPath(ours), PurePosixPath(mount.top)
    # In a container the file may name a path outside what is mounted: then the mount point is our cgroup.
    inside = group.relative_to(top) if group.is_relative_to(top) else PurePosixPath()
    if ".." in inside.parts:
        inside = PurePosixPath()
    base = root / mount.point.lstrip("/")
    for step in (inside, *inside.parents):
        limit = _read_v2(base / step) if mount.version == 2 else _read_v1(base / step)  # noqa: PLR2004  # cgroup v2
        if limit is not None:
            yield limit


def _own_group(root: Path, version: int) -> str | None:
    for line in _lines(root / "proc/self/cgroup"):
        number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if (version == 1 and "cpu" in controllers.split(",")) or (version != 1 and number == "0"):
            return group
    return None


def _read_v2(folder: Path) -> float | None:
    words = " ".join(_lines(folder / "cpu.max")).split()
    return _ratio(*words) if len(words) == 2 else None  # noqa: PLR2004  # quota and period


def _read_v1(folder: Path) -> float | None:
    words = [*_lines(folder / "cpu.cfs_quota_us"), *_lines(folder / "cpu.cfs_period_us")]
    return _ratio(*words) if len(words) == 2 else None  # noqa: PLR2004  # quota and period


def _ratio(quota_us: str, period_us: str) -> float | None:
    """Quota over period; None for "max", -1 or anything that is no number."""
    try:
        granted, period = int(quota_us), int(period_us)
    except ValueError:
        return None
    return granted / period if granted > 0 and period > 0 else None


def _lines(path: Path) -> list[str]:
    """The lines of a small file; none when it is not there or may not be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
