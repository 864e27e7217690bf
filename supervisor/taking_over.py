"""What the start of a supervisor has to do with upgrades: how it hands itself over, and what it takes over."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config import Config
from scoreboard import FD_VARIABLE, Board
from supervisor.arbiter import Arbiter
from supervisor.child import Launch, Nursery
from supervisor.control import Control
from supervisor.environment import child_environment
from supervisor.handover import VERSION, Handover
from supervisor.metrics_server import MetricsServer
from supervisor.pidfile import PidFile
from supervisor.rehearsal import VERSION_VARIABLE
from supervisor.roots import ROOT
from supervisor.upgrade import Upgrade, execute


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is handed over beside the herd: it stands before the herd is made."""

    config: Config
    board: Board
    pid_file: PidFile
    control: Control
    metrics: MetricsServer

    @property
    def unrest(self) -> str:
        """What is half done, "" when nothing is."""
        return "somebody is being answered" if self.control.busy or self.metrics.busy else ""

    def hush(self, on: bool) -> None:
        """Take no new connections, or take them again; those that wait are not lost."""
        self.control.hush(on)
        self.metrics.hush(on)

    def save(self, arbiter: Arbiter) -> Handover:
        """Answer all there is to know for the supervisor that follows in this process."""
        handover = Handover()
        listeners = {"control": self.control.listener, "metrics": self.metrics.listener}
        handover.parts = {
            "pid_file": handover.keep(self.pid_file.fd),
            "board": handover.keep(self.board.fd),
            "listeners": {name: handover.keep(one.fileno()) for name, one in listeners.items() if one is not None},
            "arbiter": arbiter.save(),
            "herd": arbiter.herd.save(handover),
        }
        return handover


def inherited(saved: Mapping[str, Any] | None, name: str) -> socket.socket | None:
    """Answer a listening socket that was handed over; None when there was none."""
    fd = saved["listeners"].get(name) if saved is not None else None
    return None if fd is None else socket.socket(fileno=fd)


def make_upgrade(belongings: Belongings, nursery: Nursery, arbiter: Arbiter, wake: Callable[[], None]) -> Upgrade:
    """Answer what executes this supervisor anew when it is asked to."""
    config, board = belongings.config, belongings.board

    def environment(extra: Mapping[str, str]) -> dict[str, str]:
        return child_environment(os.environ, config=config.path, root=ROOT, extra=extra)

    def launch(said: int) -> Launch:
        return Launch(
            command=(sys.executable, "-m", "supervisor.rehearsal", "-c", str(config.path)),
            env=environment({FD_VARIABLE: str(board.fd), VERSION_VARIABLE: str(VERSION)}),
            stdout=said,
            stderr=said,
            pass_fds=(board.fd,),
        )

    def leap() -> None:
        execute(belongings.save(arbiter), config.path, environment({}))

    def unrest() -> str:
        return arbiter.unrest or belongings.unrest

    return Upgrade(nursery, launch, unrest, belongings.hush, leap, wake)
