"""What tells a worker's descendants from everybody else's, wherever they go: the supervisor looks for it (strays.py).

A program that is executed has it in its environment. A process that is only forked has it among its mappings, which
neither a session of its own nor closing all files takes away.
"""

import mmap
import os

VARIABLE = "HERDSMAN_WORKER"
_NAME = "herdsman-worker:"
_kept: list[mmap.mmap] = []


def leave_mark(name: str, incarnation: int) -> None:
    """Mark this process and all that it will start. `name` is for people (`default.3`)."""
    mark = f"{name}:{incarnation:x}"
    os.environ[VARIABLE] = mark
    try:
        fd = os.memfd_create(_NAME + mark, os.MFD_CLOEXEC)
    except (OSError, AttributeError):  # not on Linux, or no room: then those that are only forked are not found
        return
    try:
        os.ftruncate(fd, mmap.PAGESIZE)
        _kept.append(mmap.mmap(fd, mmap.PAGESIZE))
    finally:
        os.close(fd)
