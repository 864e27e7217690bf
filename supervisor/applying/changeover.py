"""Programs and parts on their way out, and what takes their place when the last process of the old is gone.

Each is looked at in every pass: a goal set meanwhile by a command does not bring the old one back.
"""

from collections.abc import Callable
from typing import Protocol

from config import Program
from supervisor.herd import Herd
from supervisor.pools.pool import Pool
from supervisor.services.service import Service


class Leaving(Protocol):
    """Something that is told to leave."""

    @property
    def name(self) -> str:
        """Of the pool, program or part."""

    def gone(self, now: float) -> bool:
        """See that it leaves; True when it has, and everything that follows is done."""


class PoolLeaves:
    """A pool that is no longer in the file: it drains, then nothing of it is left."""

    def __init__(self, herd: Herd, pool: Pool) -> None:
        self.name = pool.name
        self._herd = herd
        self._pool = pool

    def gone(self, now: float) -> bool:
        """See Leaving."""
        pool = self._pool
        if not pool.stopped:
            pool.stop(now)
        if not pool.is_down() or len(pool.seats):
            return False
        self._herd.pools.remove(pool)
        self._herd.builder.forget(pool)
        return True


class ServiceLeaves:
    """A process that is stopped for good, or until its successor stands in its place."""

    def __init__(self, service: Service, then: Callable[[], None]) -> None:
        self.name = service.name
        self._service = service
        self._then = then

    def gone(self, now: float) -> bool:
        """See Leaving."""
        if self._service.wanted:
            self._service.stop(now)
        if not self._service.is_down():
            return False
        self._then()
        return True


def replace_program(herd: Herd, program: Program) -> tuple[list[Leaving], list[Service]]:
    """Have a program follow its config anew: each instance leaves before its successor starts.

    Returns:
        The instances that leave, and the successors, which start when those are gone.
    """
    old = herd.programs.get(program.name, [])
    fresh = herd.builder.program(program)
    if old and not any(service.wanted for service in old):
        for service in fresh:
            service.wanted = False  # it was stopped, and stays so
    leaving: list[Leaving] = []
    for index, service in enumerate(old):
        successor = fresh[index] if index < len(fresh) else None
        leaving.append(ServiceLeaves(service, _successor(herd, program.name, service, successor)))
    herd.programs[program.name] = [*old, *fresh[len(old) :]]
    return leaving, fresh


def resize_program(herd: Herd, program: Program) -> tuple[list[Leaving], list[Service]]:
    """Have so many instances; those that stay are not touched. Returns who leaves and who is new."""
    old = herd.programs.get(program.name, [])
    new = herd.builder.program(program)[len(old) :]
    if old and not any(service.wanted for service in old):
        for service in new:
            service.wanted = False
    old.extend(new)
    over = old[program.instances :]
    return [ServiceLeaves(service, _successor(herd, program.name, service, None)) for service in over], new


def remove_program(herd: Herd, name: str) -> list[Leaving]:
    """Stop all instances, then forget them."""
    return [ServiceLeaves(service, _successor(herd, name, service, None)) for service in herd.programs.get(name, [])]


def _successor(herd: Herd, name: str, old: Service, new: Service | None) -> Callable[[], None]:
    def then() -> None:
        services = herd.programs[name]
        if new is not None:
            services[services.index(old)] = new
            return
        services.remove(old)
        herd.outputs.drop(old.name)
        if not services:
            del herd.programs[name]

    return then
