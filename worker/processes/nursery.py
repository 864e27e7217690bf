"""A zygote's workers: forking them and learning how they ended."""

import contextlib
import logging
import os
import signal
from collections.abc import Callable
from typing import NamedTuple

from scoreboard import Cause
from worker.processes import forking, obituary, stacks
from worker.processes.obituary import Obituary
from worker.processes.oom import OomWatch
from worker.processes.posting import Posting

log = logging.getLogger(__name__)
_HUNG = frozenset({Cause.HARD_TIMEOUT, Cause.MEMORY_LIMIT, Cause.CANCELLED, Cause.DRAIN_DEADLINE})


class Child(NamedTuple):
    """One worker. The pidfd names this very process, whatever becomes of its number."""

    slot: int
    pid: int
    pidfd: int


class Nursery:
    """Living workers by pid.

    live: the whole life of a worker in a slot, run in the child; returns its exit status.
    """

    def __init__(self, posting: Posting, live: Callable[[int, int], int], oom: OomWatch | None = None) -> None:
        self._posting = posting
        self._live = live
        self._oom = oom or OomWatch()
        self._stacks: dict[int, int] = {}  # by slot
        self.children: dict[int, Child] = {}

    def occupied(self, slot: int) -> bool:
        """Whether a worker lives in that slot."""
        return any(child.slot == slot for child in self.children.values())

    def fork(self, slot: int, rank: int, drop: list[int], output: tuple[int, int] | None = None) -> Child:
        """A new worker in ``slot``.

        Raises:
            OSError: the system allows no more processes.
        """
        others = [child.pidfd for child in self.children.values()]
        others += [fd for other, fd in self._stacks.items() if other != slot]
        stack = self._stack(slot)

        def run() -> int:
            stacks.install(stack)
            return self._live(slot, rank)

        pid = forking.fork(
            run,
            title=f"herdsman: worker {self._posting.pool.name}.{slot}",
            drop=[*drop, *others],
            output=output,
        )
        # Only its parent reaps it, and that is us: the number cannot have been given to another yet.
        child = Child(slot, pid, os.pidfd_open(pid))
        self.children[pid] = child
        return child

    def reap(self) -> list[Obituary]:
        """How each worker that has ended since the last time did so. Never waits."""
        ended = []
        for child in list(self.children.values()):
            found = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                continue
            # Still a zombie: its number is its own, and so is its group. What it left running goes with it.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            _, status, used = os.wait4(child.pid, 0)
            del self.children[child.pid]
            os.close(child.pidfd)
            oom = os.WIFSIGNALED(status) and self._oom.struck()
            written = obituary.write(self._posting.board, child.slot, child.pid, status, oom=oom)
            # It may have been asked and spared before: only of one that we killed do the stacks say why.
            hung = written.death.cause in _HUNG
            stack = stacks.read(self._stacks.get(child.slot, stacks.NONE)) if hung else ""
            ended.append(written._replace(stack=stack, peak_rss=used.ru_maxrss * 1024))
        return ended

    def files(self) -> list[int]:
        """Open files that a keeper must not hold."""
        return [fd for fd in self._stacks.values() if fd != stacks.NONE]

    def watch_memory(self) -> float:
        """Note how many out-of-memory kills there have been; seconds until it is to be noted again."""
        return self._oom.look()

    def _stack(self, slot: int) -> int:
        if slot not in self._stacks:
            self._stacks[slot] = stacks.make(slot)
        stacks.clear(self._stacks[slot])
        return self._stacks[slot]
