"""`stop [NAME]`: drain workers, or stop a program, and keep it so."""

import time
from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.targets import named, refuse_when_leaving, wards
from supervisor.services.sights import warnings_for


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Change the goal of what is named (all pools when nothing is); answer whose.

    Raises:
        CommandError: there is nobody of that name.
    """
    refuse_when_leaving(arbiter.leaving)
    pools, services = wards(arbiter.herd, named(args))
    now = time.monotonic()
    for pool in pools:
        pool.stop(now)
    for service in services:
        service.stop(now)
    name = named(args)
    return {
        "pools": [pool.name for pool in pools],
        "programs": [service.name for service in services],
        "warnings": [] if name is None else warnings_for(arbiter.herd, [name]),
    }
