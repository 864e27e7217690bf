"""Importing new code beside workers that serve: the import may take seconds of CPU, and jobs should not wait for it."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NICE = 10
_CAP_SYS_NICE = 1 << 23


@contextmanager
def quietly() -> Iterator[None]:
    """Import with less of the CPU, as far as this process may take it back: what it forks is as quick as ever."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    policy = os.sched_getscheduler(0)
    nice = may_return_to(before)
    with suppress(OSError):
        if nice:
            os.setpriority(os.PRIO_PROCESS, 0, min(19, before + _NICE))
        elif policy == os.SCHED_OTHER:
            # Anybody may leave this one again: it only never takes a CPU away from somebody who runs.
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    try:
        yield
    finally:
        with suppress(OSError):
            if nice:
                os.setpriority(os.PRIO_PROCESS, 0, before)
            elif policy == os.SCHED_OTHER:
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def may_return_to(priority: int) -> bool:
    """Whether this process may give itself that nice value again when it has a higher one."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NICE)
    if soft == resource.RLIM_INFINITY or 20 - soft <= priority:
        return True
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        held = next(line for line in lines if line.startswith("CapEff:"))
        return bool(int(held.split()[1], 16) & _CAP_SYS_NICE)
    return False
