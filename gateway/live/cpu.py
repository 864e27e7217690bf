"""How much of a core processes of this host use, from two small reads of /proc."""

import os
import time
from collections.abc import Iterable

from scoreboard.processes import read_small

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _STARTED = 11, 12, 19  # of the fields after a command's name
_LEAST = 0.2
"""Seconds between two looks at a process: over less, ticks of 10 ms say nothing."""


class CpuMeter:
    """Duties: remember each process's last reading; share of a core since then."""

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = proc
        self._seen: dict[int, tuple[float, int, int, float | None]] = {}  # at, ticks, started, last share

    def shares(self, pids: Iterable[int]) -> dict[int, float | None]:
        """Pid -> share of a core, 1 = one whole; None of those seen for the first time, and where there is no /proc."""
        wanted = set(pids)
        self._seen = {pid: self._seen[pid] for pid in self._seen if pid in wanted}
        return {pid: self._share(pid) for pid in wanted}

    def _share(self, pid: int) -> float | None:
        raw = read_small(f"{self._proc}/{pid}/stat")
        fields = raw[raw.rfind(b")") + 1 :].split()
        if len(fields) <= _STARTED:
            self._seen.pop(pid, None)
            return None
        now, ticks, started = time.monotonic(), int(fields[_USER]) + int(fields[_SYSTEM]), int(fields[_STARTED])
        at, before, since, last = self._seen.get(pid, (now, ticks, started, None))
        if since != started:  # another process has its number
            at, before, last = now, ticks, None
        if now - at < _LEAST:
            self._seen.setdefault(pid, (at, before, started, last))
            return last
        share = round((ticks - before) / _TICKS / (now - at), 2)
        self._seen[pid] = (now, ticks, started, share)
        return share
