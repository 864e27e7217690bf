"""Killing what dead workers have left: their descendants in sessions of their own, which no group kill reaches.

Such a process is given to us by the kernel, for we are the subreaper. It bears the mark of the worker it comes from
(worker/processes/mark.py); when that worker lives no more, it is killed. As a child of ours that nobody has collected
yet it cannot be mistaken for another with the same number.
"""

import logging
import math
import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Container
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scoreboard.processes import ProcessTable, read_small

log = logging.getLogger(__name__)

_PERIOD_S = 1.0
_PACE_S = 0.1  # at most so often, whatever happens
_AGAIN_S = 0.02  # while killed ones are there: what they had started comes to us when they are gone
_PATIENCE_S = 2.0  # at the end: one that cannot die (it hangs in the kernel) does not keep us
_MARK = re.compile(rb"(?:HERDSMAN_WORKER=|memfd:herdsman-worker:)([a-z0-9_.-]+):([0-9a-f]+)")
_STARTED = 19  # of the fields after a command's name


class Mark(NamedTuple):
    """Which worker a process comes from."""

    worker: str
    incarnation: int


class Strays:
    """Duties: know the children that nobody started on purpose, kill those whose worker is dead, count them.

    live: incarnations of the workers that live, or may. killed: how many there were, by pool; added to.
    """

    def __init__(self, known: Container[int], live: Callable[[], AbstractSet[int]], killed: Counter[str]) -> None:
        self.table = ProcessTable()
        self._killed = killed
        self._known = known
        self._live = live
        self._marks: dict[tuple[int, int], Mark | None] = {}  # by pid and time of start
        self._told: set[tuple[int, int]] = set()
        self._swept = -math.inf
        self._left = 0
        self._ending = math.inf

    def reconcile(self, now: float) -> float:
        """Look, though not too often; answer when to look again."""
        pause = _AGAIN_S if self._left else _PACE_S
        if now < self._swept + pause:
            return self._swept + pause
        self._swept = now
        self._left = self.sweep()
        return now + (_AGAIN_S if self._left else _PERIOD_S)

    def remain(self, now: float) -> bool:
        """Tell at the very end whether some still have to be waited for; at most two seconds."""
        self._ending = min(self._ending, now + _PATIENCE_S)
        return self.sweep() > 0 and now < self._ending

    def sweep(self) -> int:
        """Kill all that were left; answer how many there were."""
        self.table.refresh()
        strangers = {(pid, _started(pid)): pid for pid in self.table.children(os.getpid()) if pid not in self._known}
        self._marks = {key: self._marks[key] if key in self._marks else mark_of(pid) for key, pid in strangers.items()}
        self._told &= strangers.keys()
        marked = {key: mark for key, mark in self._marks.items() if mark is not None}
        if not marked:
            return 0
        live = self._live()
        lost = {key: mark for key, mark in marked.items() if mark.incarnation not in live}
        for key, mark in lost.items():
            self._kill(key, mark)
        return len(lost)

    def _kill(self, key: tuple[int, int], mark: Mark) -> None:
        pid = key[0]
        if key not in self._told:
            self._told.add(key)
            self._killed[mark.worker.rpartition(".")[0]] += 1
            log.warning("pid %d was left by worker %s, which is dead: killed", pid, mark.worker)
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def mark_of(pid: int) -> Mark | None:
    """Read the mark of a process; None when it has none, or has ended."""
    for name in ("environ", "maps"):
        found = None
        with suppress(OSError):
            found = _MARK.search(Path(f"/proc/{pid}/{name}").read_bytes())
        if found:
            return Mark(found[1].decode(), int(found[2], 16))
    return None


def _started(pid: int) -> int:
    raw = read_small(f"/proc/{pid}/stat")
    fields = raw[raw.rfind(b")") + 1 :].split()
    return int(fields[_STARTED]) if len(fields) > _STARTED else 0
