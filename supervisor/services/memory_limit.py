"""Programs that have grown over `max_memory_restart`: they are stopped as always, and started anew."""

import logging

from scoreboard.memory import tree_size
from scoreboard.processes import ProcessTable
from supervisor.herd import Herd
from supervisor.services.states import State
from supervisor.shell.render import size

log = logging.getLogger(__name__)


def restart_the_large(herd: Herd, table: ProcessTable, now: float) -> None:
    """Look at every program that has a limit, its descendants counted; `table` was refreshed by the caller."""
    for program in herd.config.programs:
        limit = program.max_memory_restart
        if limit is None:
            continue
        for service in herd.programs.get(program.name, []):
            if service.state is not State.RUNNING or service.pid is None:
                continue
            held = tree_size(service.pid, table, limit)
            if held > limit:
                log.warning("%s: holds %s, more than %s: started anew", service.name, size(held), size(limit))
                service.restart(now, "memory")
