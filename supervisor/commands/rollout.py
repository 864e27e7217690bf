"""`rollout NAME ID`: how far a rollout has come."""

from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import named, pools
from supervisor.pools.pool import Pool
from supervisor.pools.rollout import Rollout


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the rollout with that id.

    Raises:
        CommandError: there is no such pool or rollout.
    """
    name = named(args)
    if name is None:
        raise CommandError("rollout needs the name of a pool")
    pool = pools(arbiter.herd, name)[0]
    number = args.get("id")
    found = pool.rolling.find(number) if isinstance(number, int) else None
    if found is None:
        raise CommandError(f"pool {name} knows no rollout {number!r}")
    return told(pool, found)


def told(pool: Pool, rollout: Rollout) -> dict[str, Any]:
    """Answer a rollout as people and programs are told of it."""
    return {
        "id": rollout.id,
        "phase": str(rollout.phase),
        "ended": rollout.ended,
        "canary": rollout.wants_canary,
        "generation": rollout.generation or None,
        "replaced": sum(seat.generation == rollout.generation and seat.wanted for seat in pool.seats),
        "workers": pool.target,
        "reason": rollout.reason,
        "waiting": pool.rolling.pending.id if pool.rolling.pending else None,
    }
