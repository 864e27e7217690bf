"""How the wards stand, as those see it that wait for them: bridges the herd and dependencies.py."""

from typing import TYPE_CHECKING

from supervisor.probes.verdict import Health
from supervisor.services.dependencies import Needs, Sight, dependents, leaving_order
from supervisor.services.states import State
from supervisor.shutdown import Stage, Ward

if TYPE_CHECKING:
    from supervisor.herd import Herd
    from supervisor.pools.pool import Pool
    from supervisor.services.service import Service

_STAGE = "programs and workers"


def sights(herd: "Herd", name: str) -> list[Sight]:
    """Answer how all that bear a name stand: the instances of a program, a pool, the store, the gateway."""
    if name in herd.programs:
        return [service_sight(service) for service in herd.programs[name]]
    pools = [pool_sight(pool) for pool in herd.pools if pool.name == name]
    if pools:
        return pools
    if name == "store":
        # One of your own is nobody's child: whoever needs it finds out by itself.
        return [service_sight(herd.store)] if herd.store is not None else []
    if name == "gateway" and herd.gateway is not None:
        return [service_sight(herd.gateway)]
    return [Sight(name=name, how="is not there")]


def service_sight(service: "Service") -> Sight:
    """Answer how one process stands."""
    state, end = service.state, service.last_exit
    healthy = service.probe is None or service.probe.liveness is None or service.probe.health is Health.HEALTHY
    ended = state is State.EXITED
    how = ""
    if state is State.FATAL:
        how = f"cannot be started ({service.error})"
    elif ended:
        how = f"ended with {end}"
    elif state is State.STOPPED and not service.wanted:
        how = "is stopped"
    return Sight(
        name=service.name,
        started=ended or state in (State.STARTING, State.RUNNING),
        ready=state is State.RUNNING and healthy and not service.failure,
        ended=ended,
        clean=ended and end is not None and end in service.rule.success and not service.failure,
        how=how,
    )


def pool_sight(pool: "Pool") -> Sight:
    """Answer how one pool stands: it is ready when all wanted workers run."""
    how = "is stopped" if pool.stopped else ""
    if not how and pool.generations.error and not pool.seats.live:
        how = "cannot start its workers"
    return Sight(
        name=pool.name,
        started=not pool.stopped and (pool.seats.live or pool.desired == 0),
        ready=not pool.stopped and pool.seats.running >= pool.target,
        how=how,
    )


def needs_of(herd: "Herd") -> dict[str, Needs]:
    """Answer who needs whom, by name."""
    found: dict[str, Needs] = {pool.name: pool.gate.needs for pool in herd.pools}
    for name, services in herd.programs.items():
        found[name] = services[0].gate.needs if services else {}
    return found


def leaving_stages(herd: "Herd") -> list[Stage]:
    """Answer the stages in which programs and pools leave: those that need others first."""
    wards: dict[str, list[Ward]] = {pool.name: [pool] for pool in herd.pools}
    wards.update({name: list(services) for name, services in herd.programs.items()})
    for minder in herd.minders.values():
        wards[minder.of].insert(0, minder)  # nothing is to be started anew any more
    groups = leaving_order(wards, needs_of(herd))
    if len(groups) == 1:
        return [Stage(_STAGE, [*herd.leaving_minders, *(ward for name in groups[0] for ward in wards[name])])]
    return [Stage(", ".join(group), [ward for name in group for ward in wards[name]]) for group in groups]


def warnings_for(herd: "Herd", names: list[str]) -> list[str]:
    """Answer what whoever stops these should know: who still needs them."""
    needs = needs_of(herd)
    found = []
    for name in names:
        others = [other for other in dependents(name, needs) if other not in names and _lives(herd, other)]
        if others:
            verb = "needs" if len(others) == 1 else "need"
            found.append(f"{', '.join(others)} {verb} {name}, and {'goes' if len(others) == 1 else 'go'} on without it")
    return found


def _lives(herd: "Herd", name: str) -> bool:
    services = herd.programs.get(name, [])
    pools = [pool for pool in herd.pools if pool.name == name]
    return any(service.pid is not None for service in services) or any(pool.seats.live for pool in pools)
