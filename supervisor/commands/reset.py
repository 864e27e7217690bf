"""`reset [NAME]`: count the shown restarts from nought again. Those of the metrics never go back."""

from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.targets import named, wards


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Remember how many there were (of all when nothing is named); answer whose.

    Raises:
        CommandError: there is nobody of that name.
    """
    herd, name = arbiter.herd, named(args)
    pools, services = wards(herd, name)
    if name is None:
        services = [service for program in herd.programs.values() for service in program]
    for pool in pools:
        herd.counted_from[pool.name] = sum(pool.restarts.values())
        for seat in pool.seats:
            herd.counted_from[seat.name] = seat.restarts
    for service in services:
        herd.counted_from[service.name] = service.restarts
    return {"pools": [pool.name for pool in pools], "programs": [service.name for service in services]}
