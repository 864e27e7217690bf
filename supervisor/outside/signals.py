"""Signals to the supervisor: which one means what. The handlers run in the event loop, never in between."""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

log = logging.getLogger(__name__)


class Commander(Protocol):
    """What signals ask for; the arbiter does it."""

    def drain(self, why: str) -> None:
        """Drain and exit; asked twice: kill now."""

    def kill_now(self, why: str) -> None:
        """Exit without a drain."""

    def roll_all(self) -> None:
        """Replace all workers, one after the other."""

    def add_worker(self, change: int) -> None:
        """One worker more or less in the first pool."""

    def reopen_logs(self) -> None:
        """Open the log files anew."""

    def upgrade(self) -> None:
        """Execute the release on the disk in place."""

    def reap(self) -> None:
        """Collect dead children."""


Action = Callable[[Commander], None]

ACTIONS: Mapping[signal.Signals, Action] = MappingProxyType(
    {
        signal.SIGTERM: lambda to: to.drain("SIGTERM"),
        signal.SIGINT: lambda to: to.drain("SIGINT"),
        signal.SIGQUIT: lambda to: to.kill_now("SIGQUIT"),
        signal.SIGHUP: lambda to: to.roll_all(),
        signal.SIGTTIN: lambda to: to.add_worker(1),
        signal.SIGTTOU: lambda to: to.add_worker(-1),
        signal.SIGUSR1: lambda to: to.reopen_logs(),
        signal.SIGUSR2: lambda to: to.upgrade(),
        signal.SIGCHLD: lambda to: to.reap(),
    }
)


def listen(loop: asyncio.AbstractEventLoop, commander: Commander) -> None:
    """Wire every signal of the table to the commander."""
    for number, action in ACTIONS.items():
        loop.add_signal_handler(number, _act, number, action, commander)


def unlisten(loop: asyncio.AbstractEventLoop) -> None:
    """Give the signals back."""
    for number in ACTIONS:
        loop.remove_signal_handler(number)


def _act(number: signal.Signals, action: Action, commander: Commander) -> None:
    if number is not signal.SIGCHLD:
        log.info("%s received", number.name)
    action(commander)
