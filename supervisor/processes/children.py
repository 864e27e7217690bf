"""Registry of processes by pid: who is told when one ends. Pure bookkeeping, no system calls.

Two kinds stand in it: our own children, and workers that a zygote forked. The latter become ours to reap when
their zygote dies first (we are the subreaper); until then their zygote reports them and they are forgotten.
"""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended: exit code or signal, never both; neither when nobody could know."""

    code: int | None = None
    signal: int | None = None
    core: bool = False  # the signal made it leave a core file

    @property
    def clean(self) -> bool:
        """True only for exit code 0."""
        return self.code == 0

    def __str__(self) -> str:
        """Say it for people."""
        if self.code is not None:
            return f"exit {self.code}"
        if self.signal is not None:
            return f"signal {self.signal} ({signal_name(self.signal)})" + (", core dumped" if self.core else "")
        return "unknown end"


def signal_name(number: int) -> str:
    """Answer `SIGKILL` for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return "no name"


OnExit = Callable[[Exit], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One known process: whom to tell, and whether it leads a process group of its own."""

    on_exit: OnExit
    leads_group: bool


class Children:
    """Known pids. A pid is in it from the moment we learn of it until its end was told once."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}

    def add(self, pid: int, on_exit: OnExit, *, leads_group: bool = False) -> None:
        """Remember a process.

        Raises:
            ValueError: the pid is already known, so its end would be told to the wrong one.
        """
        if pid in self._entries:
            raise ValueError(f"process {pid} is already known")
        self._entries[pid] = Entry(on_exit, leads_group)

    def forget(self, pid: int) -> None:
        """Drop a process whose end somebody else reported."""
        self._entries.pop(pid, None)

    def entry(self, pid: int) -> Entry | None:
        """Answer what is known of a pid."""
        return self._entries.get(pid)

    def exited(self, pid: int, end: Exit) -> bool:
        """Tell the owner, once. False: a stranger, nobody waits for it."""
        entry = self._entries.pop(pid, None)
        if entry is None:
            return False
        entry.on_exit(end)
        return True

    def __contains__(self, pid: object) -> bool:
        return pid in self._entries

    def __iter__(self) -> Iterator[int]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
