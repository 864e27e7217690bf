"""How much memory a process and all that descends from it hold. Bytes; 0 for a process that is gone."""

import os

from scoreboard.processes import ProcessTable, read_small

_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int) -> int:
    """The resident set of one process. One small read, no more."""
    fields = read_small(f"/proc/{pid}/statm", 128).split()
    return int(fields[1]) * _PAGE if len(fields) > 1 else 0


def private(pid: int) -> int:
    """What would be free if this process were gone (USS). The kernel walks all its pages: not for every second."""
    found = 0
    for line in read_small(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith((b"Private_Clean:", b"Private_Dirty:")):
            found += int(line.split()[1]) * 1024
    return found


def tree_resident(pid: int, table: ProcessTable) -> int:
    """The resident sets of a process and its descendants, added up: pages that they share count for each of them.

    For a process without descendants it is one small read. `table` was refreshed by the caller.
    """
    return resident(pid) + sum(map(resident, table.descendants(pid)))


def tree_size(pid: int, table: ProcessTable, limit: float) -> int:
    """What a process and its descendants hold, to be compared with `limit` bytes.

    Counted exactly only where the quick sum is over the limit: of a descendant only what is its own, for a process
    forked from the worker shares most of its pages with it, and nobody is to be killed for counting them twice.
    """
    descendants = table.descendants(pid)
    own = resident(pid)
    quick = own + sum(map(resident, descendants))
    if quick <= limit or not descendants:
        return quick
    return own + sum(map(private, descendants))


def has_children() -> bool:
    """Tell whether this process has any child. One system call."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
