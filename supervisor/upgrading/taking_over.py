"""What the start of a supervisor has to do with upgrades: how it hands itself over, and what it takes over."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config import SNAPSHOT_VARIABLE, Config, load
from scoreboard import FD_VARIABLE, Board
from supervisor.arbiter import Arbiter
from supervisor.outside.control import Control
from supervisor.outside.listener import Listener
from supervisor.outside.metrics_server import MetricsServer
from supervisor.processes.child import Launch, Nursery
from supervisor.processes.environment import child_environment
from supervisor.processes.pidfile import PidFile
from supervisor.roots import ROOT
from supervisor.upgrading import keeping
from supervisor.upgrading.handover import VERSION, Handover
from supervisor.upgrading.rehearsal import VERSION_VARIABLE
from supervisor.upgrading.upgrade import Upgrade, execute


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is handed over beside the herd: it stands before the herd is made."""

    pid_file: PidFile
    board: Board
    control: Control
    status: Control | None
    metrics: MetricsServer

    @property
    def unrest(self) -> str:
        """What is half done, "" when nothing is."""
        busy = self.control.busy or self.metrics.busy or (self.status is not None and self.status.busy)
        return "somebody is being answered" if busy else ""

    def hush(self, on: bool) -> None:
        """Take no new connections, or take them again; those that wait are not lost."""
        for one in self._listeners().values():
            one.hush(on)

    def _listeners(self) -> dict[str, Listener]:
        found = {"control": self.control.listener, "metrics": self.metrics.listener}
        if self.status is not None:
            found["status"] = self.status.listener
        return {name: one for name, one in found.items() if one is not None}

    def save(self, arbiter: Arbiter) -> Handover:
        """Answer all there is to know for the supervisor that follows in this process."""
        handover = Handover()
        handover.parts = {
            "pid_file": handover.keep(self.pid_file.fd),
            "board": handover.keep(self.board.fd),
            "listeners": {name: handover.keep(one.fileno()) for name, one in self._listeners().items()},
            "arbiter": arbiter.save(),
            "herd": keeping.save(arbiter.herd, handover),
            "snapshot": str(arbiter.herd.builder.in_force.snapshot),
        }
        return handover


def config_in_force(path: Path, handover: Handover) -> Config:
    """Answer the config that was applied, not what the file says now: an upgrade changes nothing else.

    Raises:
        ConfigError: this release cannot read it.
    """
    place = os.path.abspath(path)  # noqa: PTH100  lexical: a link's own folder counts
    return load(path, {**os.environ, "HERDSMAN_CONFIG": place, SNAPSHOT_VARIABLE: handover.parts["snapshot"]})


def own_environment(base: Mapping[str, str]) -> dict[str, str]:
    """Answer the environment of a supervisor that executes itself: as it is, and our packages are found."""
    paths = [str(ROOT), *filter(None, base.get("PYTHONPATH", "").split(os.pathsep))]
    return {**base, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def inherited(saved: Mapping[str, Any] | None, name: str) -> socket.socket | None:
    """Answer a listening socket that was handed over; None when there was none."""
    fd = saved["listeners"].get(name) if saved is not None else None
    return None if fd is None else socket.socket(fileno=fd)


def make_upgrade(belongings: Belongings, nursery: Nursery, arbiter: Arbiter, wake: Callable[[], None]) -> Upgrade:
    """Answer what executes this supervisor anew when it is asked to."""
    herd, board = arbiter.herd, belongings.board

    def environment(extra: Mapping[str, str]) -> dict[str, str]:
        return child_environment(os.environ, config=herd.config.path, root=ROOT, extra=extra)

    def launch(said: int) -> Launch:
        return Launch(
            command=(sys.executable, "-m", "supervisor.upgrading.rehearsal", "-c", str(herd.config.path)),
            env=environment(
                {**herd.builder.in_force.variables, FD_VARIABLE: str(board.fd), VERSION_VARIABLE: str(VERSION)}
            ),
            stdout=said,
            stderr=said,
            pass_fds=(board.fd,),
        )

    def leap() -> None:
        keeping.end_watchers(herd)
        execute(belongings.save(arbiter), herd.config.path, own_environment(os.environ))

    def unrest() -> str:
        return arbiter.unrest or belongings.unrest

    return Upgrade(nursery, launch, unrest, belongings.hush, leap, wake)
