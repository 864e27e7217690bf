"""All that one supervisor keeps alive, made from the config: who is in it, and the order of leaving."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from config import Config, Places
from config.store_binary import Server
from scoreboard import FD_VARIABLE, Board
from supervisor.child import Nursery
from supervisor.environment import child_environment
from supervisor.handover import Handover
from supervisor.janitor import Janitor
from supervisor.logger_link import LoggerLink
from supervisor.outputs import Outputs
from supervisor.own_output import PipeStream
from supervisor.pool import Pool, Surroundings
from supervisor.programs import gateway_service, program_services
from supervisor.roots import ROOT
from supervisor.service import Service
from supervisor.shutdown import Stage, Ward
from supervisor.slots import Slots
from supervisor.states import State
from supervisor.store import Store
from supervisor.store_config import StoreFiles, render
from supervisor.upgrade import Upgrade
from supervisor.zygote import Origin

_FEWEST_SLOTS = 128


@dataclass(kw_only=True)
class Herd:
    """The wards, by role."""

    logger: LoggerLink
    outputs: Outputs
    board: Board
    slots: Slots
    store: Store | None = None
    janitor: Janitor | None = None
    gateway: Service | None = None
    pools: list[Pool] = field(default_factory=list)
    programs: dict[str, list[Service]] = field(default_factory=dict)
    upgrade: Upgrade | None = None
    lifeline: tuple[int, int] = (-1, -1)  # all zygotes, keepers and workers hold its first end, we hold the other

    def wards(self) -> Iterator[LoggerLink | Service | Pool | Upgrade]:
        """Every ward, in the order of starting."""
        if self.upgrade is not None:
            yield self.upgrade
        yield self.logger
        if self.store is not None:
            yield self.store
        yield from self.pools
        if self.janitor is not None:
            yield self.janitor
        if self.gateway is not None:
            yield self.gateway
        for services in self.programs.values():
            yield from services

    @property
    def unrest(self) -> str:
        """What is half done, "" when nothing is: no moment for an upgrade."""
        if self.logger.behind:
            return "the logger does not read"
        if self.store is not None and self.store.state is State.STARTING:
            return "the store is starting"
        return next((unrest for pool in self.pools if (unrest := pool.unrest)), "")

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process; see handover.py."""
        services = {"store": self.store, "janitor": self.janitor, "gateway": self.gateway}
        return {
            "lifeline": [handover.keep(fd) for fd in self.lifeline],
            "outputs": self.outputs.save(handover),
            "logger": self.logger.save(handover),
            "services": {name: one.save(handover) for name, one in services.items() if one is not None},
            "pools": {pool.name: pool.save(handover) for pool in self.pools},
            "programs": {name: [one.save(handover) for one in ones] for name, ones in self.programs.items()},
            "upgrades": self.upgrade.count + 1 if self.upgrade is not None else 0,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Be what was saved, with the processes that live on; the outputs were restored before anything was made."""
        self.logger.restore(saved["logger"])
        for name, one in (("store", self.store), ("janitor", self.janitor), ("gateway", self.gateway)):
            if one is not None and name in saved["services"]:
                one.restore(saved["services"][name])
        for pool in self.pools:
            if pool.name in saved["pools"]:
                pool.restore(saved["pools"][pool.name])
        for name, ones in self.programs.items():
            for one, words in zip(ones, saved["programs"].get(name, []), strict=False):
                one.restore(words)
        if self.upgrade is not None:
            self.upgrade.count = saved["upgrades"]

    def stages(self) -> list[Stage]:
        """The order of leaving; the reasons are in shutdown.py."""
        first: list[Ward] = [*self.pools, *(service for services in self.programs.values() for service in services)]
        named: list[tuple[str, Sequence[Ward | None]]] = [
            ("programs and workers", first),
            ("the gateway", [self.gateway]),
            ("the janitor", [self.janitor]),
            ("the store", [self.store]),
            ("the logger", [self.logger]),
        ]
        stages = [Stage(name, [ward for ward in wards if ward is not None]) for name, wards in named]
        return [stage for stage in stages if stage.wards]


def slots_for(config: Config) -> int:
    """Answer how many slots the scoreboard gets: room for every pool to grow to four times its size."""
    return max(_FEWEST_SLOTS, 4 * sum(pool.instances for pool in config.pools))


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
    config: Config,
    board: Board,
    nursery: Nursery,
    own: PipeStream,
    server: Server | None,
    wake: Callable[[], None],
    *,
    saved: Mapping[str, Any] | None = None,
) -> Herd:
    """Make everything the config asks for; nothing is started yet. `saved`: the pipes that live on (`Herd.save`)."""
    builder = _Builder(config, board, nursery, own, wake, saved or {})
    herd = builder.herd
    if server is not None:
        herd.store = builder.store(server)
    herd.pools = [builder.pool(number) for number in range(len(config.pools))]
    if config.janitor.enabled:
        herd.janitor = builder.janitor()
    if config.gateway.enabled:
        herd.gateway = builder.gateway()
    for program in config.programs:
        herd.programs[program.name] = program_services(
            program, nursery, herd.outputs, builder.environment, flush=herd.logger.flush, wake=wake
        )
    return herd


class _Builder:
    """Knows what all the wards are made of."""

    def __init__(
        self,
        config: Config,
        board: Board,
        nursery: Nursery,
        own: PipeStream,
        wake: Callable[[], None],
        saved: Mapping[str, Any],
    ) -> None:
        self._config = config
        self._places = Places(config.data_dir)
        self._nursery = nursery
        self._wake = wake
        self._board = board
        self._on_board = {FD_VARIABLE: str(board.fd)}
        outputs, logs = Outputs(), config.logs
        outputs.restore(saved.get("outputs", []))
        arguments = ("--dir", str(self._places.logs_dir), "--max-size", str(logs.max_size))
        arguments += ("--max-total", str(logs.max_total), *(("--echo",) if logs.echo else ()))
        env = self.environment(self._on_board)
        logger = LoggerLink(nursery, outputs, own, arguments, env, pass_fds=(board.fd,), wake=wake)
        own.connect(outputs.pipe("supervisor", "supervisor"))
        self.herd = Herd(logger=logger, outputs=outputs, board=board, slots=Slots(board.slots))
        self._shared = Surroundings(
            board=board, slots=self.herd.slots, nursery=nursery, outputs=outputs, flush=logger.flush, wake=wake
        )
        # At its end of file for those who hold the first end when we are gone.
        self.herd.lifeline = tuple(saved["lifeline"]) if saved else os.pipe2(os.O_CLOEXEC)

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        return child_environment(os.environ, config=self._config.path, root=ROOT, extra=extra)

    def store(self, server: Server) -> Store:
        files, wanted = store_files(self._config), self._config.store
        text = render(files, fsync=wanted.fsync, max_memory=wanted.max_memory)
        return Store(self._nursery, server, files, text, dict(os.environ), wake=self._wake)

    def pool(self, number: int) -> Pool:
        config = self._config.pools[number]
        return Pool(config, number, self._shared, partial(self._origin, dict(config.env)))

    def janitor(self) -> Janitor:
        env, size = self.environment({}), self._config.logs.max_size
        return Janitor(self._nursery, self._config.path, self._places, env, size, wake=self._wake)

    def gateway(self) -> Service:
        env, logger = self.environment(self._on_board), self.herd.logger
        fds = (self._board.fd,)
        return gateway_service(
            self._config.path, self._nursery, self.herd.outputs, env, fds, flush=logger.flush, wake=self._wake
        )

    def _origin(self, extra: Mapping[str, str], pool: str, number: int) -> Origin:
        return Origin(
            pool=pool,
            number=number,
            config=self._config.path,
            env=self.environment(extra),
            output=self.herd.outputs.pipe(f"{pool}.zygote", pool),
            scoreboard_fd=self._board.fd,
            lifeline_fd=self.herd.lifeline[0],
        )
