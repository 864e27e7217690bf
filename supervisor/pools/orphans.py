"""What a dead zygote leaves behind: workers that it could not tell us of, and the keeper of those we know."""

import logging
import os
import signal
from collections.abc import Callable, Container
from collections.abc import Set as AbstractSet
from contextlib import suppress

from scoreboard.processes import ProcessTable
from supervisor.pools.zygote import Zygote
from supervisor.processes.children import Children, Exit

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


def watch_keeper(zygote: Zygote, children: Children, wake: Callable[[], None]) -> None:
    """Mark the zygote when its keeper is lost, too: nobody extends its workers' leases then.

    The keeper of a dead zygote is our own child, so the reaper will tell; one that is not there is lost already.
    """

    def lost(_end: Exit) -> None:
        zygote.keeper_lost = True
        wake()

    if zygote.keeper in own_children() and zygote.keeper not in children:
        children.add(zygote.keeper, lost)
    else:
        zygote.keeper_lost = True


def own_children() -> list[int]:
    """Answer the pids of our children, adopted ones included."""
    table = ProcessTable()
    table.refresh()
    return table.children(os.getpid())
