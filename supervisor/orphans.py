"""Workers that a zygote forked and could not tell us of before it died."""

import logging
import os
import signal
from collections.abc import Container
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


def kill_untold(pids: AbstractSet[int], *, known: Container[int]) -> bool:
    """Kill those of `pids` that are children of ours and that nobody knows; True when there was one.

    `pids` are what slots name on the scoreboard. A child that we have not reaped keeps its pid, and nothing is
    reaped between the look and the kill, so no stranger can be hit.
    """
    strangers = [pid for pid in own_children() if pid in pids and pid not in known]
    for pid in strangers:
        log.warning("pid %d was forked by a zygote that died before it could say so: killed", pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return bool(strangers)


def own_children() -> list[int]:
    """Answer the pids of our children, adopted ones included; empty where the kernel does not tell."""
    with suppress(OSError):
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    return []
