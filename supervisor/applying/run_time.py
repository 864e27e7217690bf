"""Between what is set at run time and what stands in the overrides' file. Reads and sets goals, starts nothing."""

import logging

from config import Config
from supervisor.applying.overrides import Override, Overrides
from supervisor.herd import Herd
from supervisor.pools.pool import Pool

log = logging.getLogger(__name__)


def observed(herd: Herd) -> dict[str, Override]:
    """Answer how each pool and program differs from the config in force.

    The count of an autoscaled pool is nobody's word: it follows the queues, and is not kept.
    """
    pools = {pool.name: pool for pool in herd.config.pools}
    found = {}
    for pool in herd.pools:
        if pool.name in pools:
            file = pools[pool.name].instances
            differs = pool.desired != file and not autoscaled(pool)
            found[pool.name] = Override(pool.desired if differs else None, file, pool.stopped)
    for program in herd.config.programs:
        services = herd.programs.get(program.name, [])
        stopped = bool(services) and not any(service.wanted for service in services)
        found[program.name] = Override(None, program.instances, stopped)
    return found


def restore(herd: Herd, overrides: Overrides) -> None:
    """Set at the start what was set before; a count the file has changed since is dropped."""
    for pool in herd.pools:
        restore_pool(pool, herd.config, overrides)
    for name, services in herd.programs.items():
        if overrides.get(name).stopped:
            log.info("program %s stays stopped (an override; `start %s` ends it)", name, name)
            for service in services:
                service.wanted = False


def restore_pool(pool: Pool, config: Config, overrides: Overrides) -> None:
    """Set for one pool what was set before."""
    said, file = overrides.get(pool.name), next(one.instances for one in config.pools if one.name == pool.name)
    if said.instances is not None and said.file != file:
        log.info("pool %s: the override of instances is dropped: the file says %d now", pool.name, file)
        overrides.update({pool.name: Override(None, file, said.stopped)})
    elif said.instances is not None and not autoscaled(pool):
        log.info("pool %s: %d workers, an override (file: %d)", pool.name, pool.scale(said.instances), file)
    if said.stopped:
        log.info("pool %s stays stopped (an override; `start %s` ends it)", pool.name, pool.name)
        pool.stopped = True


def autoscaled(pool: Pool) -> bool:
    """Tell whether the queues decide about its count."""
    return bool(getattr(pool.config, "autoscale", None))
