"""Starting a zygote: under a supervisor, or on its own with a herder for a boss."""

import contextlib
import logging
import os
import sys
from typing import NamedTuple

from setproctitle import setproctitle

from config import logs
from config.pools import Pool
from config.schema import Config
from engine import EngineError
from scoreboard import Board, LayoutError
from worker.keeper.keeper import Keeper
from worker.keeper.keeper_link import KeeperLink
from worker.loop.life import live
from worker.processes.messages import Closed, Wire
from worker.processes.nursery import Nursery
from worker.processes.posting import Posting
from worker.run.packing import codec_of
from worker.run.signed_output import sign_output
from worker.tasks import stop_plan
from worker.tasks.loading import LoadError, load
from worker.tasks.preflight import Preflight, advice
from worker.tasks.quiet_import import quietly
from worker.tasks.registry import tasks
from worker.tracing import tracing
from worker.webhooks import webhook
from worker.zygote.boss import Boss, SocketBoss
from worker.zygote.herder import Herder
from worker.zygote.zygote import Zygote

log = logging.getLogger(__name__)
FAILED, USAGE, BOOT_FAILED = 1, 2, 3


class Inherited(NamedTuple):
    """File numbers a supervised zygote was given."""

    control: int
    lifeline: int
    scoreboard: int


def supervised(config: Config, pool: Pool, number: int, generation: int, fds: Inherited) -> int:
    """Be a zygote that a supervisor has started; returns the exit status."""
    sign_output()
    _set_up(pool, f"worker {pool.name}")
    wire = Wire.of_fd(fds.control)
    try:
        board = Board.attach(fds.scoreboard)
        with quietly() if generation > 1 else contextlib.nullcontext():
            names = _load(config, pool)
        webhook.install(config)
        stop_plan.check(config, pool, tasks)
        codec_of(config)  # what keys need is imported before anything is forked, and missed before anything is claimed
    except (LoadError, LayoutError, EngineError) as error:
        log.error("%s", error)  # noqa: TRY400 - the text is complete
        with contextlib.suppress(Closed):
            refused = isinstance(error, stop_plan.ShortDrain)
            wire.send({"event": "failed", "error": str(error)[-32_000:], "refused": refused})
        return BOOT_FAILED
    for fd in (fds.control, fds.lifeline, fds.scoreboard):
        os.set_inheritable(fd, False)  # noqa: FBT003 - the standard library's own signature
    posting = Posting(config, pool, number, generation, board, fds.lifeline, supervised=True)
    return _zygote(posting, SocketBoss(wire), names)


def standalone(config: Config, pool: Pool) -> int:
    """Be a zygote of one's own accord, in the foreground; returns the exit status."""
    _set_up(pool, f"worker {pool.name}")
    os.environ.update(pool.env)
    try:
        names = _load(config, pool)
        webhook.install(config)
        stop_plan.check(config, pool, tasks)
        codec_of(config)
    except (LoadError, EngineError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line's answer
        return USAGE if isinstance(error, stop_plan.ShortDrain) else BOOT_FAILED
    board = Board.create(max(1, pool.instances), 1)
    os.set_inheritable(board.fd, False)  # noqa: FBT003 - the standard library's own signature
    board.pool(0).name, board.pool(0).desired = pool.name, pool.instances
    # The workers hold the read end; when this process is gone, however it went, they see the end of file.
    lifeline, held = os.pipe2(os.O_CLOEXEC)
    posting = Posting(config, pool, 0, 1, board, lifeline)
    herder = Herder(board, pool.instances, pool.drain_timeout)
    return _zygote(posting, herder, names, privately=(held,))


def _zygote(posting: Posting, boss: Boss, names: list[str], privately: tuple[int, ...] = ()) -> int:
    name = posting.pool.name
    tracing.consumer(posting.config)  # loaded here it is shared by all workers

    def worker(slot: int, rank: int) -> int:
        os.environ["HERDSMAN_INSTANCE"] = str(rank)
        logs.set_up(f"worker {name}.{rank}")
        return live(posting, slot, rank)

    def keeper(wire: Wire) -> int:
        logs.set_up(f"keeper {name}")
        return Keeper(posting, wire).run()

    nursery = Nursery(posting, worker)
    return Zygote(posting, boss, nursery, KeeperLink(posting, keeper), names=names, privately=privately).run()


def _load(config: Config, pool: Pool) -> list[str]:
    """Import the tasks, and look at what that leaves behind.

    Raises:
        LoadError: they cannot be imported, or leave what `preflight: refuse` forbids.
    """
    flight = Preflight()
    names = load(pool.tasks, folder=config.path.parent, imported=flight.imported)
    findings = flight.findings() if pool.preflight != "off" else []
    if findings and pool.preflight == "refuse":
        raise LoadError(f"preflight: refuse: {advice(findings)}")
    if findings:
        log.warning("%s", advice(findings))
    return names


def _set_up(pool: Pool, label: str) -> None:
    setproctitle(f"herdsman: zygote {pool.name}")
    logs.set_up(label)
