"""All that one supervisor keeps alive: who is in it, and the order of leaving."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from config import Config, Program
from config import Pool as PoolConfig
from scoreboard import Board
from scoreboard.layout import MAX_POOLS
from supervisor.deaths.certificates import Certificates
from supervisor.logs.logger_link import LoggerLink
from supervisor.pools.admission import Admission
from supervisor.pools.autoscaling import Autoscaling
from supervisor.pools.pool import Pool
from supervisor.pools.slots import Slots
from supervisor.processes.outputs import Outputs
from supervisor.services.guardian import Guardian
from supervisor.services.janitor import Janitor
from supervisor.services.minder import Minder
from supervisor.services.service import Service
from supervisor.services.sights import leaving_stages
from supervisor.services.states import State
from supervisor.services.store import Store
from supervisor.shutdown import Stage, Ward
from supervisor.upgrading.upgrade import Upgrade

if TYPE_CHECKING:
    from supervisor.builder import Builder

_FEWEST_SLOTS = 128
_SPARE_POOLS = 16  # so many can be added while the supervisor runs


@dataclass(kw_only=True)
class Herd:
    """The wards, by role."""

    logger: LoggerLink
    guardian: Guardian
    outputs: Outputs
    board: Board
    slots: Slots
    builder: "Builder"
    lifeline: tuple[int, int]  # all zygotes, keepers and workers hold its first end, we hold the other
    admission: Admission
    autoscaling: Autoscaling
    store: Store | None = None
    janitor: Janitor | None = None
    gateway: Service | None = None
    pools: list[Pool] = field(default_factory=list)
    programs: dict[str, list[Service]] = field(default_factory=dict)
    minders: dict[str, Minder] = field(default_factory=dict)  # by the name of their program or pool
    leaving_minders: list[Minder] = field(default_factory=list)  # with watchers that have not left yet
    counted_from: Counter[str] = field(default_factory=Counter)  # restarts that `reset` has put behind us, by name
    strays_killed: Counter[str] = field(default_factory=Counter)  # by pool, of dead workers (strays.py)
    certificates: Certificates = field(default_factory=Certificates)
    upgrade: Upgrade | None = None

    @property
    def config(self) -> Config:
        """The config in force."""
        return self.builder.in_force.config

    @property
    def namespaces(self) -> dict[str, str]:
        """Labels of pools and programs, by their name."""
        labelled: list[PoolConfig | Program] = [*self.config.pools, *self.config.programs]
        return {one.name: one.namespace for one in labelled if one.namespace is not None}

    @property
    def pool_records(self) -> int:
        """So many pool records of the scoreboard, from the first on, may be in use."""
        return max((pool.number + 1 for pool in self.pools), default=0)

    def wards(self) -> Iterator[LoggerLink | Service | Pool | Minder | Upgrade]:
        """Every ward, in the order of starting."""
        if self.upgrade is not None:
            yield self.upgrade
        yield self.logger
        yield self.guardian
        if self.store is not None:
            yield self.store
        yield from self.pools
        if self.janitor is not None:
            yield self.janitor
        if self.gateway is not None:
            yield self.gateway
        yield from self.minders.values()
        for minder in [minder for minder in self.leaving_minders if minder.is_down()]:
            self.leaving_minders.remove(minder)
            minder.close()
        yield from self.leaving_minders
        for services in self.programs.values():
            yield from services

    @property
    def unrest(self) -> str:
        """What is half done, "" when nothing is: no moment for an upgrade."""
        if self.logger.behind:
            return "the logger does not read"
        if self.store is not None and self.store.state is State.STARTING:
            return "the store is starting"
        restless = [pool.unrest for pool in self.pools]
        restless += [one.unrest for ones in self.programs.values() for one in ones]
        return next(filter(None, restless), "")

    def incarnations(self) -> set[int]:
        """The workers that live, or may, by the numbers they gave themselves."""
        return {seat.snapshot().incarnation for pool in self.pools for seat in pool.seats if seat.live}

    def stages(self) -> list[Stage]:
        """The order of leaving; the reasons are in shutdown.py."""
        named: list[tuple[str, Sequence[Ward | None]]] = [
            ("the gateway", [self.gateway]),
            ("the janitor", [self.janitor]),
            ("the store", [self.store]),
            ("the logger", [self.guardian, self.logger]),
        ]
        stages = [Stage(name, [ward for ward in wards if ward is not None]) for name, wards in named]
        return [stage for stage in (*leaving_stages(self), *stages) if stage.wards]


def slots_for(config: Config) -> int:
    """Answer how many slots the scoreboard gets: room for every pool to grow to four times its size."""
    return max(_FEWEST_SLOTS, 4 * sum(pool.most for pool in config.pools))


def pools_for(config: Config) -> int:
    """Answer how many pools the scoreboard has records for."""
    return min(MAX_POOLS, len(config.pools) + _SPARE_POOLS)
