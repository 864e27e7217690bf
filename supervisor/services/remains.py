"""What a dead program leaves behind: its group, and those of its descendants that left the group.

A descendant that made a session of its own (a daemon) comes to us when its parents are dead, because we are the
subreaper; it is known by the mark in its environment. Each is looked at again after its pidfd was opened, so that a
kill can only reach the process that was meant.
"""

import logging
import os
import signal
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

MARK = "HERDSMAN_PROGRAM"
_SOON_S, _LATER_S = 0.01, 0.25
_PATIENCE_S = 5.0
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Stat:
    """What the kernel says of a process's place."""

    state: str
    parent: int
    group: int
    session: int


class Remains:
    """Duties: tell whether anything of one dead program is left, and kill it from `kill_at` on."""

    def __init__(self, name: str, group: int, known: Container[int], kill_at: float) -> None:
        self.kill_at = kill_at  # monotonic seconds
        self._name = name
        self._group = group
        self._known = known  # processes that have an owner: no strays
        self._pause = _SOON_S
        self._told = False

    def gone(self, now: float) -> bool:
        """Look once, and kill what is left when its time is over."""
        left = [pid for pid in _pids() if pid not in self._known and self._is_ours(pid)]
        if left and now >= self.kill_at:
            for pid in left:
                self._kill(pid)
            if now >= self.kill_at + _PATIENCE_S and not self._told:
                self._told = True
                log.error("%s: outlive their kill, still waiting for them: %s", self._name, left)
        return not left

    def next_look(self, now: float) -> float:
        """Answer when to look again: soon at first, then less and less often."""
        at = now + self._pause
        self._pause = min(_LATER_S, self._pause * 1.5)
        return at

    def _is_ours(self, pid: int) -> bool:
        stat = place_of(_read(f"{pid}/stat"))
        if stat is None or stat.state in "ZX":
            return False
        if stat.group == self._group and stat.session == os.getsid(0):
            return True
        return stat.parent == os.getpid() and f"{MARK}={self._name}".encode() in _read(f"{pid}/environ").split(b"\0")

    def _kill(self, pid: int) -> None:
        with suppress(OSError):
            pidfd = os.pidfd_open(pid)
            try:
                if self._is_ours(pid):
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            finally:
                os.close(pidfd)


def place_of(line: bytes) -> Stat | None:
    """Read a line of /proc/PID/stat; None when it is none. Pure."""
    # pid (name) state parent group session …; the name may hold anything, brackets and spaces too.
    fields = line.rpartition(b")")[2].split(maxsplit=4)
    try:
        return Stat(fields[0].decode(), *(int(field) for field in fields[1:4]))
    except (IndexError, ValueError, TypeError):
        return None


def _pids() -> Iterator[int]:
    return (int(name) for name in os.listdir(_PROC) if name.isdigit())  # noqa: PTH208  names, not thousands of paths


def _read(name: str) -> bytes:
    with suppress(OSError):
        return (_PROC / name).read_bytes()
    return b""
