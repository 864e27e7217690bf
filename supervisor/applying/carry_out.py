"""The second half of an apply: all that is done once every pool works with the new config."""

from dataclasses import dataclass

from config import Config
from supervisor.applying.changeover import (
    Leaving,
    PoolLeaves,
    ServiceLeaves,
    remove_program,
    replace_program,
    resize_program,
)
from supervisor.applying.diff import Plan
from supervisor.applying.in_force import InForce
from supervisor.applying.metrics_place import MetricsPlace
from supervisor.applying.needs import GATEWAY, JANITOR, Need
from supervisor.applying.overrides import Override, Overrides
from supervisor.applying.rollouts import Settling, Startup, Watched
from supervisor.herd import Herd
from supervisor.logs.logger_arguments import logger_arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an apply works on."""

    herd: Herd
    overrides: Overrides
    addresses: dict[str, str]  # of the gateway and the metrics, for people
    metrics: MetricsPlace


_MINDED = frozenset({"pools", "programs"})


def carry_out(on: Grounds, plan: Plan, to: InForce, *, now: float, reset: bool) -> tuple[list[Watched], list[Leaving]]:
    """Make the config the one in force, and set all goals by it.

    Returns:
        What has to come up, and what has to leave, before it can be called done.
    """
    on.herd.builder.take_over(to)
    watched: list[Watched] = []
    leaving: list[Leaving] = []
    _pools(on, plan, to.config, watched, leaving)
    _programs(on, plan, to.config, watched, leaving)
    on.herd.builder.mind({change.place[1] for change in plan.changes if change.place[0] in _MINDED})
    if reset:
        watched += _reset(on, to.config)
    _janitor(on, plan, watched, leaving, now)
    _gateway(on, plan, watched, leaving, now)
    if plan.has(Need.LOGGER):
        if on.herd.janitor is not None:
            on.herd.janitor.log_size = to.config.logs.max_size
        on.herd.logger.change(logger_arguments(to.config), now)
    return watched, leaving


def _pools(on: Grounds, plan: Plan, config: Config, watched: list[Watched], leaving: list[Leaving]) -> None:
    wanted, removed, scaled = (
        {pool.name: pool for pool in config.pools},
        plan.names(Need.REMOVE),
        plan.names(Need.SCALE),
    )
    for pool in on.herd.pools:
        if pool.name in wanted:
            pool.follow(wanted[pool.name])
            if pool.name in scaled:
                _follow_the_file(on, pool.name)
                pool.scale(wanted[pool.name].instances)
                watched.append(Settling(pool))
        elif pool.name in removed:
            on.overrides.drop(pool.name)
            leaving.append(PoolLeaves(on.herd, pool))


def _programs(on: Grounds, plan: Plan, config: Config, watched: list[Watched], leaving: list[Leaving]) -> None:
    herd, wanted = on.herd, {program.name: program for program in config.programs}
    for name in plan.names(Need.REMOVE):
        if name in herd.programs and name not in wanted:
            on.overrides.drop(name)
            leaving += remove_program(herd, name)
    restarts, scales = plan.names(Need.RESTART), plan.names(Need.SCALE)
    for name in {*plan.names(Need.ADD), *restarts, *scales} & wanted.keys():
        change = replace_program if name in restarts or name not in herd.programs else resize_program
        going, coming = change(herd, wanted[name])
        if on.overrides.get(name).stopped:
            for service in coming:
                service.wanted = False
        leaving += going
        watched += [Startup(service) for service in coming]


def _follow_the_file(on: Grounds, name: str) -> None:
    said = on.overrides.get(name)
    on.overrides.update({name: Override(None, said.file, said.stopped)})


def _reset(on: Grounds, config: Config) -> list[Watched]:
    watched: list[Watched] = []
    wanted, overrides = {pool.name: pool for pool in config.pools}, on.overrides.all()
    for pool in on.herd.pools:
        if pool.name in overrides and pool.name in wanted:
            pool.scale(wanted[pool.name].instances)
            pool.start()
            watched.append(Settling(pool))
    for name, services in on.herd.programs.items():
        for service in services:
            if name in overrides and not service.wanted:
                service.start()
                watched.append(Startup(service))
    on.overrides.drop(*overrides)
    return watched


def _janitor(on: Grounds, plan: Plan, watched: list[Watched], leaving: list[Leaving], now: float) -> None:
    herd = on.herd
    if plan.has(Need.ADD, JANITOR):
        herd.janitor = herd.builder.janitor()
    elif plan.has(Need.RESTART, JANITOR) and herd.janitor is not None:
        herd.janitor.restart(now)
    elif plan.has(Need.REMOVE, JANITOR) and herd.janitor is not None:
        leaving.append(ServiceLeaves(herd.janitor, lambda: setattr(herd, "janitor", None)))
        return
    else:
        return
    watched.append(Startup(herd.janitor))


def _gateway(on: Grounds, plan: Plan, watched: list[Watched], leaving: list[Leaving], now: float) -> None:
    herd = on.herd
    if plan.has(Need.ADD, GATEWAY):
        herd.gateway = herd.builder.gateway()
    elif plan.has(Need.RESTART, GATEWAY) and herd.gateway is not None:
        herd.gateway.restart(now)
    elif plan.has(Need.REMOVE, GATEWAY) and herd.gateway is not None:
        on.addresses.pop("gateway", None)
        leaving.append(ServiceLeaves(herd.gateway, lambda: _without_gateway(herd)))
        return
    else:
        return
    on.addresses["gateway"] = address(herd.config.gateway.host, herd.config.gateway.port)
    watched.append(Startup(herd.gateway))


def _without_gateway(herd: Herd) -> None:
    herd.gateway = None
    herd.outputs.drop("gateway")


def address(host: str, port: int) -> str:
    """Answer `host:port`, with brackets where they belong."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
