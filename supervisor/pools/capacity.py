"""What memory and CPU there are for us: the tightest of our control groups and the host, and how much is in use."""

import os
from pathlib import Path
from typing import NamedTuple

from config.cgroups import Group, groups, lines
from config.cpus import quota

_V2 = 2


class Memory(NamedTuple):
    """Bytes. Of page caches that the kernel drops when it needs room nothing counts as used."""

    limit: int
    used: int

    @property
    def free(self) -> int:
        """What can still be taken."""
        return max(0, self.limit - self.used)


def memory(root: Path = Path("/")) -> Memory | None:
    """The tightest: of all our groups with a limit, and of the host, the one with the least free. None: not known.

    `root` is where /proc and the cgroup mounts are looked up; tests give a tree of their own.
    """
    host = _host(root)
    found = [one for group in groups("memory", root) if (one := _of_group(group)) is not None]
    # A limit above what the host has is none; version 1 says "none" with a very large number.
    found = [one for one in found if host is None or one.limit < host.limit]
    return min([*found, *([host] if host else [])], key=lambda one: one.free, default=None)


class CpuMeter:
    """Tells the share of CPU in use between two looks: of our quota where we have one, else of the host."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._last: tuple[float, float] | None = None
        self._share = 0.0

    def share(self, now: float) -> float:
        """0 to 1, of the time since the last call (calls within half a second get the last answer)."""
        if self._last is not None and now < self._last[0] + 0.5:
            return self._share
        granted = quota(self._root)
        used = self._of_groups() if granted is not None else None
        if used is None:
            granted, used = float(os.cpu_count() or 1), _busy_of_host(self._root)
        if self._last is not None and granted:
            self._share = max(0.0, min(1.0, (used - self._last[1]) / (now - self._last[0]) / granted))
        self._last = now, used
        return self._share

    def _of_groups(self) -> float | None:
        for group in groups("cpu", self._root):
            for line in lines(group.folder / "cpu.stat"):
                word, _, number = line.partition(" ")
                if word == "usage_usec" and number.isdigit():
                    return int(number) / 1e6
        for group in groups("cpuacct", self._root):
            if (spent := _number(group.folder / "cpuacct.usage")) is not None:
                return spent / 1e9
        return None


def _of_group(group: Group) -> Memory | None:
    folder = group.folder
    if group.version == _V2:
        limit, used, cache = folder / "memory.max", folder / "memory.current", "inactive_file"
    else:
        limit, used, cache = folder / "memory.limit_in_bytes", folder / "memory.usage_in_bytes", "total_inactive_file"
    most, now = _number(limit), _number(used)
    if most is None or now is None:
        return None
    return Memory(most, max(0, now - _word(folder / "memory.stat", cache)))


def _host(root: Path) -> Memory | None:
    path = root / "proc/meminfo"
    total, free = _word(path, "MemTotal:") * 1024, _word(path, "MemAvailable:") * 1024
    return Memory(total, total - free) if total else None


def _busy_of_host(root: Path) -> float:
    """CPU seconds in use since the start of the host."""
    for line in lines(root / "proc/stat"):
        name, *numbers = line.split()
        if name == "cpu":
            ticks = [int(number) for number in numbers[:8]]
            # user, nice, system, idle, iowait, irq, softirq, steal
            return (sum(ticks) - sum(ticks[3:5])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _number(path: Path) -> int | None:
    text = " ".join(lines(path)).strip()
    return int(text) if text.isdigit() else None


def _word(path: Path, name: str) -> int:
    for line in lines(path):
        word, *rest = line.split()
        if word == name and rest and rest[0].isdigit():
            return int(rest[0])
    return 0
