"""Waiting for the dead: our children, workers left by a dead zygote, and strangers that the kernel gave us.

The supervisor is a subreaper, so whatever any descendant leaves behind arrives here. The exit of a leader is
looked at before it is collected: as long as it is a zombie its pid, and thereby its group's number, cannot
belong to anybody else, so the rest of its group can be killed with certainty.
"""

import ctypes
import logging
import os
import signal
from collections.abc import Callable
from contextlib import suppress

from supervisor.processes.children import Children, Exit

log = logging.getLogger(__name__)

_PR_SET_CHILD_SUBREAPER = 36

Wait = Callable[[], tuple[int, Exit] | None]


def become_subreaper() -> None:
    """Have the kernel give us the orphans among our descendants.

    Raises:
        OSError: the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot become the subreaper of our children: {os.strerror(number)}")


def peek() -> tuple[int, Exit] | None:
    """Answer one dead child without collecting it, or None."""
    try:
        info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    if info is None or info.si_pid == 0:
        return None
    return info.si_pid, as_exit(info.si_code, info.si_status)


def collect(pid: int) -> None:
    """Remove the zombie."""
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG)


def as_exit(code: int, status: int) -> Exit:
    """Translate the two words of waitid; code and signal stay apart."""
    return Exit(code=status) if code == os.CLD_EXITED else Exit(signal=status, core=code == os.CLD_DUMPED)


def kill_group(leader: int) -> None:
    """Kill what is left of a group. Call it only while the leader is alive or still a zombie."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


class Reaper:
    """Collects every dead child and tells its owner. Called on SIGCHLD and whenever a pidfd becomes readable."""

    def __init__(
        self,
        children: Children,
        *,
        look: Wait = peek,
        bury: Callable[[int], None] = collect,
        clear: Callable[[int], None] = kill_group,
    ) -> None:
        self._children = children
        self._look = look
        self._collect = bury
        self._clear = clear
        self.strangers = 0

    @property
    def known(self) -> Children:
        """The processes that somebody here answers for."""
        return self._children

    def sweep(self) -> int:
        """Collect all that are dead now; answer how many."""
        count = 0
        while (dead := self._look()) is not None:
            pid, end = dead
            entry = self._children.entry(pid)
            if entry is not None and entry.leads_group:
                self._clear(pid)
            self._collect(pid)
            count += 1
            self._tell(pid, end)
        return count

    def _tell(self, pid: int, end: Exit) -> None:
        try:
            if not self._children.exited(pid, end):
                self.strangers += 1
                log.debug("reaped a stranger, pid %d: %s", pid, end)
        except Exception:
            # One owner's mistake must not keep the other zombies from being collected.
            log.exception("the owner of pid %d failed to take its end (%s)", pid, end)
