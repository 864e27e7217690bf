"""All that one supervisor keeps alive, made from the config: who is in it, and the order of leaving."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from config import Config, Places, Program
from config import Pool as PoolConfig
from config.store_binary import Server
from scoreboard import FD_VARIABLE, Board
from scoreboard.layout import MAX_POOLS
from supervisor.admission import Admission
from supervisor.autoscaling import Autoscaling
from supervisor.certificates import Certificates
from supervisor.child import Nursery
from supervisor.environment import child_environment
from supervisor.guardian import Guardian
from supervisor.in_force import InForce
from supervisor.janitor import Janitor
from supervisor.logger_arguments import logger_arguments
from supervisor.logger_link import LoggerLink
from supervisor.minder import Minder
from supervisor.minders import Minding
from supervisor.outputs import Outputs
from supervisor.own_output import PipeStream
from supervisor.pool import Pool, Surroundings
from supervisor.probes.asking import Commands
from supervisor.probes.fitting import Fitter
from supervisor.programs import gateway_service, program_services
from supervisor.roots import ROOT
from supervisor.service import Service
from supervisor.shutdown import Stage, Ward
from supervisor.sights import leaving_stages, sights
from supervisor.slots import Slots
from supervisor.store import Store
from supervisor.store_config import StoreFiles, render
from supervisor.zygote import Origin

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

    def wards(self) -> Iterator[LoggerLink | Service | Pool | Minder]:
        """Every ward, in the order of starting."""
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


def store_files(config: Config) -> StoreFiles:
    """Answer where the embedded store keeps what."""
    places = Places(config.data_dir)
    return StoreFiles(
        folder=places.store_dir,
        socket=places.store_socket,
        pid_file=places.store_dir / "store.pid",
        log_file=places.logs_dir / "store.log",
    )


def make_herd(
    in_force: InForce, board: Board, nursery: Nursery, own: PipeStream, server: Server | None, wake: Callable[[], None]
) -> Herd:
    """Make everything the config asks for; nothing is started yet."""
    builder = Builder(in_force, board, nursery, own, wake)
    herd, config = builder.herd, in_force.config
    if server is not None:
        herd.store = builder.store(server)
    herd.pools = [builder.pool(pool, in_force) for pool in config.pools]
    if config.janitor.enabled:
        herd.janitor = builder.janitor()
    if config.gateway.enabled:
        herd.gateway = builder.gateway()
    for program in config.programs:
        herd.programs[program.name] = builder.program(program)
    builder.mind([*(pool.name for pool in config.pools), *(program.name for program in config.programs)])
    return herd


class Builder:
    """Knows what all the wards are made of, at the start and whenever the config in force changes."""

    def __init__(
        self, in_force: InForce, board: Board, nursery: Nursery, own: PipeStream, wake: Callable[[], None]
    ) -> None:
        self.in_force = in_force
        self._places = Places(in_force.config.data_dir)
        self._nursery = nursery
        self._wake = wake
        self._board = board
        self._on_board = {FD_VARIABLE: str(board.fd)}
        self._environments: list[dict[str, str]] = []  # of our own parts; they name the config in force
        self._numbers = list(range(board.pools))
        outputs = Outputs()
        env = self.environment(self._on_board)
        logger = LoggerLink(nursery, outputs, own, logger_arguments(in_force.config), env, board=board, wake=wake)
        own.connect(outputs.pipe("supervisor", "supervisor"))
        nursery.certificates.pass_on = logger.write_down
        guardian = Guardian(nursery, self.environment({}), outputs.pipe("guardian", "supervisor"), wake=wake)
        admission = Admission()
        self.herd = Herd(
            logger=logger,
            guardian=guardian,
            outputs=outputs,
            board=board,
            slots=Slots(board.slots),
            builder=self,
            admission=admission,
            certificates=nursery.certificates,
            autoscaling=Autoscaling(in_force.config.queue, admission),
        )
        self._shared = Surroundings(
            board=board, slots=self.herd.slots, nursery=nursery, outputs=outputs, flush=logger.flush, wake=wake
        )
        self.fitter = Fitter(
            nursery=nursery,
            commands=Commands(nursery),
            logger=logger.sought,
            look=partial(sights, self.herd),
            wake=wake,
        )
        # All zygotes, keepers and workers hold the other end: it is at its end of file when we are gone.
        self._lifeline, self._hold = os.pipe2(os.O_CLOEXEC)

    @property
    def spare_pools(self) -> int:
        """How many pools can still be added."""
        return len(self._numbers)

    def take_over(self, in_force: InForce) -> None:
        """Have whatever is started from now on read this config; what runs is not touched."""
        self.in_force = in_force
        self.herd.autoscaling.policy = in_force.config.queue
        for env in self._environments:
            env.update(in_force.variables)
        configs = {pool.name: pool for pool in in_force.config.pools}
        for pool in self.herd.pools:
            if pool.name in configs:
                pool.follow(pool.config, self.origin(pool, configs[pool.name], in_force))

    def origin(self, pool: Pool, config: PoolConfig, of: InForce) -> Origin:
        """Answer how the zygotes of a pool are started when they are to read this config."""
        return replace(pool.origin, **self._read_by(config, of))

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Answer the environment of a child, without what only our own parts are told."""
        return child_environment(os.environ, config=self.in_force.config.path, root=ROOT, extra=extra)

    def store(self, server: Server) -> Store:
        """Make the embedded store."""
        files, wanted = store_files(self.in_force.config), self.in_force.config.store
        text = render(files, fsync=wanted.fsync, max_memory=wanted.max_memory)
        return Store(self._nursery, server, files, text, self.environment({}), wake=self._wake)

    def pool(self, config: PoolConfig, of: InForce) -> Pool:
        """Make a pool. The scoreboard must have a record left: see `spare_pools`."""
        pool = Pool(config, self._numbers.pop(0), self._shared, lambda name, number: self._origin(name, number, of))
        pool.gate = self.fitter.gate(config.depends_on)
        return pool

    def forget(self, pool: Pool) -> None:
        """Give back what a pool had that is down for good."""
        record = self._board.pool(pool.number)
        record.name, record.desired, record.generation = "", 0, 0
        # Its keeper, whose record this is, is gone; an old time makes these the word that counts least.
        self._board.figures(pool.number).publish({}, now_ns=0)
        self.herd.outputs.drop(f"{pool.name}.zygote")
        self._numbers = sorted([*self._numbers, pool.number])

    def program(self, program: Program) -> list[Service]:
        """Make the instances of a program."""
        return program_services(
            program,
            self._nursery,
            self.herd.outputs,
            self.environment,
            flush=self.herd.logger.flush,
            wake=self._wake,
            fitter=self.fitter,
        )

    def janitor(self) -> Janitor:
        """Make the janitor."""
        env, config = self._own({}), self.in_force.config
        return Janitor(self._nursery, config.path, self._places, env, config.logs.max_size, wake=self._wake)

    def gateway(self) -> Service:
        """Make the gateway."""
        env, config = self._own(self._on_board), self.in_force.config
        return gateway_service(
            config.path,
            self._nursery,
            self.herd.outputs,
            env,
            (self._board.fd,),
            flush=self.herd.logger.flush,
            wake=self._wake,
            probe=self.fitter.gateway_probe(config.gateway),
        )

    def mind(self, names: Iterable[str]) -> None:
        """Have the clocks and watchers of these pools and programs follow the config in force."""
        herd, config = self.herd, self.in_force.config

        def instances(name: str) -> list[Service]:
            return herd.programs.get(name, [])

        minding = Minding(nursery=self._nursery, outputs=herd.outputs, env=self.environment({}), wake=self._wake)
        pools = {pool.name: pool for pool in config.pools}
        programs = {program.name: program for program in config.programs}
        for name in names:
            if (old := herd.minders.pop(name, None)) is not None:
                old.stop(time.monotonic())
                herd.leaving_minders.append(old)
            made = None
            if name in programs:
                made = minding.program(programs[name], partial(instances, name))
            elif (pool := next((pool for pool in herd.pools if pool.name == name), None)) is not None:
                made = minding.pool(pool, pools[name].watch if name in pools else None)
            if made is not None:
                herd.minders[name] = made

    def _own(self, extra: Mapping[str, str]) -> dict[str, str]:
        env = self.environment({**self.in_force.variables, **extra})
        self._environments.append(env)
        return env

    def _origin(self, pool: str, number: int, of: InForce) -> Origin:
        config = next(config for config in of.config.pools if config.name == pool)
        return Origin(
            pool=pool,
            number=number,
            config=of.config.path,
            output=self.herd.outputs.pipe(f"{pool}.zygote", pool),
            scoreboard_fd=self._board.fd,
            lifeline_fd=self._lifeline,
            **self._read_by(config, of),
        )

    def _read_by(self, config: PoolConfig, of: InForce) -> Any:
        env = self.environment({**of.variables, **config.env})
        return {"env": env, "config_hash": of.pool_hashes[config.name]}
