"""From the config in force to the wards, at the start and whenever another config is applied."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from config import Config, Places, Program
from config import Pool as PoolConfig
from config.store_binary import Server
from scoreboard import FD_VARIABLE, Board
from supervisor.applying.in_force import InForce
from supervisor.herd import Herd
from supervisor.logs.logger_arguments import logger_arguments
from supervisor.logs.logger_link import LoggerLink
from supervisor.pools.admission import Admission
from supervisor.pools.autoscaling import Autoscaling
from supervisor.pools.pool import Pool, Surroundings
from supervisor.pools.slots import Slots
from supervisor.pools.zygote import Origin
from supervisor.probes.asking import Commands
from supervisor.probes.fitting import Fitter
from supervisor.processes.child import Nursery
from supervisor.processes.environment import child_environment
from supervisor.processes.outputs import Outputs
from supervisor.processes.own_output import PipeStream
from supervisor.roots import ROOT
from supervisor.services.guardian import Guardian
from supervisor.services.janitor import Janitor
from supervisor.services.minders import Minding
from supervisor.services.programs import gateway_service, program_services
from supervisor.services.service import Service
from supervisor.services.sights import sights
from supervisor.services.store import Store
from supervisor.services.store_config import StoreFiles, render


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
    in_force: InForce,
    board: Board,
    nursery: Nursery,
    own: PipeStream,
    server: Server | None,
    wake: Callable[[], None],
    *,
    saved: Mapping[str, Any] | None = None,
) -> Herd:
    """Make everything the config asks for; nothing is started yet. saved: see keeping.py; its pipes live on."""
    builder = Builder(in_force, board, nursery, own, wake, saved or {})
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
        self,
        in_force: InForce,
        board: Board,
        nursery: Nursery,
        own: PipeStream,
        wake: Callable[[], None],
        saved: Mapping[str, Any],
    ) -> None:
        self.in_force = in_force
        self._places = Places(in_force.config.data_dir)
        self._nursery = nursery
        self._wake = wake
        self._board = board
        self._on_board = {FD_VARIABLE: str(board.fd)}
        self._environments: list[dict[str, str]] = []  # of our own parts; they name the config in force
        self._numbers = list(range(board.pools))
        self._known = {name: one["number"] for name, one in saved.get("pools", {}).items()}
        self.herd = herd = self._empty_herd(own, saved)
        self._shared = Surroundings(
            board=board, slots=herd.slots, nursery=nursery, outputs=herd.outputs, flush=herd.logger.flush, wake=wake
        )
        self.fitter = Fitter(
            nursery=nursery,
            commands=Commands(nursery),
            logger=herd.logger.sought,
            look=partial(sights, herd),
            wake=wake,
        )

    def _empty_herd(self, own: PipeStream, saved: Mapping[str, Any]) -> Herd:
        """Make a herd of which nobody but the logger and the guardian is a part yet."""
        nursery, config, wake = self._nursery, self.in_force.config, self._wake
        outputs = Outputs()
        outputs.restore(saved.get("outputs", []))
        env = self.environment(self._on_board)
        logger = LoggerLink(nursery, outputs, own, logger_arguments(config), env, board=self._board, wake=wake)
        own.connect(outputs.pipe("supervisor", "supervisor"))
        nursery.certificates.pass_on = logger.write_down
        admission = Admission()
        return Herd(
            logger=logger,
            guardian=Guardian(nursery, self.environment({}), outputs.pipe("guardian", "supervisor"), wake=wake),
            outputs=outputs,
            board=self._board,
            slots=Slots(self._board.slots),
            builder=self,
            # At its end of file for those who hold the first end when we are gone.
            lifeline=tuple(saved["lifeline"]) if saved else os.pipe2(os.O_CLOEXEC),
            admission=admission,
            certificates=nursery.certificates,
            autoscaling=Autoscaling(config.queue, admission),
        )

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
        # One that was handed over keeps its number: its keeper writes there.
        number = self._known.pop(config.name, None)
        if number is None:
            number = next(one for one in self._numbers if one not in self._known.values())
        self._numbers.remove(number)
        pool = Pool(config, number, self._shared, lambda name, number: self._origin(name, number, of))
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
            lifeline_fd=self.herd.lifeline[0],
            **self._read_by(config, of),
        )

    def _read_by(self, config: PoolConfig, of: InForce) -> Any:
        env = self.environment({**of.variables, **config.env})
        return {"env": env, "config_hash": of.pool_hashes[config.name]}
