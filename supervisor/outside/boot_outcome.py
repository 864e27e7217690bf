"""Is the herd up? Asked by who waits for a start: the service manager, and the command that began the background."""

from dataclasses import dataclass

from supervisor.herd import Herd
from supervisor.pools.pool import Pool
from supervisor.services.states import State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the start so far: up, failed with a reason, or neither yet."""

    up: bool
    failure: str = ""


def outcome(herd: Herd) -> Outcome:
    """Look at everybody once: up when every wanted worker runs; failed when one of them never will by waiting."""
    failures = [*_failures(herd)]
    if failures:
        return Outcome(up=False, failure="\n".join(failures))
    services = [one for services in herd.programs.values() for one in services]
    store = [herd.store] if herd.store is not None else []
    begun = all(one.state not in (State.STARTING, State.BACKOFF) for one in store)
    if not herd.pools:
        # Nobody proves that the herd works: then each must at least have begun.
        begun = begun and all(one.state is not State.STARTING for one in services)
    return Outcome(up=begun and all(pool.settled for pool in herd.pools))


def rolling(pool: Pool) -> bool:
    """Tell whether a pool's workers are being replaced, or their replacement is being prepared."""
    return pool.generations.candidate is not None or pool.rolling.active is not None or pool.rolling.pending is not None


def count(herd: Herd) -> tuple[int, int]:
    """Answer how many workers run, and how many are wanted."""
    return sum(pool.seats.running for pool in herd.pools), sum(pool.target for pool in herd.pools)


def _failures(herd: Herd) -> list[str]:
    found = [
        f"pool {pool.name} cannot start: {pool.generations.error.rstrip()}"
        for pool in herd.pools
        if pool.generations.error and pool.generations.current is None
    ]
    services = [one for services in herd.programs.values() for one in services]
    services += [one for one in (herd.store, herd.janitor, herd.gateway) if one is not None]
    return found + [f"{one.name} {one.error}" for one in services if one.state is State.FATAL]
