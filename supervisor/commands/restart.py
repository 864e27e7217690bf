"""`restart [NAME]`: a new generation of workers, replacement first; what is no pool is stopped and started."""

import time
from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.targets import named, refuse_when_leaving, wards


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Change the goal of what is named (all pools when nothing is); answer whose, and which rollouts.

    Raises:
        CommandError: there is nobody of that name.
    """
    refuse_when_leaving(arbiter.leaving)
    pools, services = wards(arbiter.herd, named(args), ours=("gateway", "janitor"))
    now = time.monotonic()
    rollouts = [{"pool": pool.name, "id": pool.restart()} for pool in pools]
    for service in services:
        service.restart(now)
    names = {"pools": [pool.name for pool in pools], "programs": [service.name for service in services]}
    return {**names, "rollouts": rollouts}
