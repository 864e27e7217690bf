"""`reload [NAME]`: a new generation with the code and config as they are now, after a canary; the ids to ask for."""

from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import named, pools, refuse_when_leaving


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Begin a rollout in the pool named (in all that are not stopped when none is), or join the one that waits.

    Raises:
        CommandError: there is no pool of that name, or it is stopped.
    """
    refuse_when_leaving(arbiter.leaving)
    name = named(args)
    found = pools(arbiter.herd, name)
    if name is not None and found[0].stopped:
        raise CommandError(f"pool {name} is stopped: `start {name}` starts it with the code as it is then")
    rollouts = [{"pool": pool.name, "id": pool.reload()} for pool in found if not pool.stopped]
    return {"pools": [each["pool"] for each in rollouts], "programs": [], "rollouts": rollouts}
