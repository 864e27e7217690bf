"""`start [NAME]`: want workers, or a program, again after `stop`, `FATAL` or `EXITED`; one that backs off is started at
once, the store, the gateway and the janitor too.
"""

from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.targets import named, refuse_when_leaving, wards


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Change the goal of what is named (all pools when nothing is); answer whose.

    Raises:
        CommandError: there is nobody of that name.
    """
    refuse_when_leaving(arbiter.leaving)
    pools, services = wards(arbiter.herd, named(args), ours=("store", "gateway", "janitor"))
    for pool in pools:
        pool.start()
    for service in services:
        service.start()
    return {"pools": [pool.name for pool in pools], "programs": [service.name for service in services]}
