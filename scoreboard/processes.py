"""Which process descends from which, as far as /proc tells; asked again and again at little cost.

The kernel's own lists of children are an option that not every kernel has, so the parents are read here, and each
only once: a look costs one listing of /proc and one small file for every process that is new.
"""

import os
from collections import defaultdict

_PARENT = 1  # of the fields after a command's name: state, parent, group, session, …


class ProcessTable:
    """Remembers the parent of every process it has seen; not for more than one thread."""

    def __init__(self, proc: str = "/proc") -> None:
        self._proc = proc
        self._parents: dict[int, int] = {}
        self._children: dict[int, list[int]] = {}

    def refresh(self) -> None:
        """Look again. Without a /proc there are no processes."""
        try:
            pids = {int(name) for name in os.listdir(self._proc) if name.isdigit()}  # noqa: PTH208 - no objects
        except OSError:
            pids = set()
        known: dict[int, int] = {}
        for pid in pids:
            parent = self._parents.get(pid, -1)
            # One whose parent has gone has got another.
            known[pid] = parent if parent in pids else self._parent(pid)
        self._parents = known
        children: dict[int, list[int]] = defaultdict(list)
        for pid, parent in known.items():
            children[parent].append(pid)
        self._children = children

    def children(self, pid: int) -> list[int]:
        """Those that this process started or was given, dead ones that nobody collected included."""
        return list(self._children.get(pid, ()))

    def descendants(self, pid: int) -> list[int]:
        """Its children, theirs, and so on."""
        found: list[int] = []
        waiting = self.children(pid)
        while waiting:
            one = waiting.pop()
            found.append(one)
            waiting += self._children.get(one, ())
        return found

    def _parent(self, pid: int) -> int:
        raw = read_small(f"{self._proc}/{pid}/stat")
        # The name stands in brackets and may hold anything, brackets too.
        fields = raw[raw.rfind(b")") + 1 :].split()
        return int(fields[_PARENT]) if len(fields) > _PARENT else -1


def read_small(path: str, size: int = 4096) -> bytes:
    """The beginning of a file of /proc; b"" when it cannot be read: the process has gone, or is another user's."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(fd, size)
    except OSError:
        return b""
    finally:
        os.close(fd)
