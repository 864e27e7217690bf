"""The zygote of one pool generation: imports the tasks, forks workers on request, reaps them. One thread, no store.

It knows nothing of Redis and runs no task, so there is little it can die of; when it does, workers and keeper go on.
"""

import contextlib
import gc
import logging
import os
import select
import signal
import time
from types import FrameType
from typing import Any

from engine.store.preload import preload
from scoreboard import STACK_SIGNAL
from worker.keeper.keeper_link import KeeperLink
from worker.processes.messages import Message
from worker.processes.nursery import Nursery
from worker.processes.posting import Posting
from worker.zygote.boss import Boss, Order

log = logging.getLogger(__name__)
_HEARD = (
    signal.SIGCHLD,
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGTSTP,
    signal.SIGCONT,
)
_LAST_SETTLEMENTS = 2.0  # s: what is not settled by then lapses with its lease


class Zygote:
    """The loop: signals, reaping, the keeper's news, the boss's orders.

    names: of the tasks that were loaded. privately: open files that no child may hold.
    """

    def __init__(
        self,
        posting: Posting,
        boss: Boss,
        nursery: Nursery,
        keeper: KeeperLink,
        *,
        names: list[str],
        privately: tuple[int, ...] = (),
    ) -> None:
        self._posting = posting
        self._boss = boss
        self._nursery = nursery
        self._keeper = keeper
        self._names = names
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._privately = (*privately, self._read, self._write)
        self._leaving_since = 0.0

    def run(self) -> int:
        """Serve until the boss lets go and the last worker has left; returns the exit status."""
        self._listen()
        preload(self._posting.url)
        settle_down()
        self._keeper.start([], self._private())
        self._nursery.watch_memory()
        self._boss.tell({"event": "ready", "tasks": self._names, "keeper": self._keeper.pid})
        while not self._finished():
            self._wait()
            self._hear()
            self._bury()
            self._keeper.read()
            for order in self._boss.orders():
                self._obey(order)
            if self._keeper.start(list(self._nursery.children.values()), [*self._private(), *self._nursery.files()]):
                self._boss.tell({"event": "keeper", "pid": self._keeper.pid, "died": self._keeper.last_death})
        self._keeper.finish()
        return 0

    def _finished(self) -> bool:
        if not self._leaving_since or self._nursery.children:
            return False
        return self._keeper.settled or time.monotonic() - self._leaving_since > _LAST_SETTLEMENTS

    def _wait(self) -> None:
        poll = select.poll()
        for fd in (self._read, *self._boss.readable(), *self._keeper.readable()):
            poll.register(fd, select.POLLIN)
        waits = [self._boss.due_in(), self._keeper.due_in(), 0.1 if self._leaving_since else None]
        waits.append(self._nursery.watch_memory())
        known = [wait for wait in waits if wait is not None]
        poll.poll(int(min(known) * 1000) + 1 if known else None)

    def _hear(self) -> None:
        heard = b""
        with contextlib.suppress(BlockingIOError):
            heard = os.read(self._read, 4096)
        for number in heard:
            if number != signal.SIGCHLD:
                self._boss.signalled(number)

    def _bury(self) -> None:
        for obituary in self._nursery.reap():
            # First to the keeper: when the boss hears of the death, its jobs are on their way back.
            self._keeper.settle(obituary.settlement())
            self._boss.tell(obituary.event())
            if self._leaving_since:
                self._leaving_since = time.monotonic()
        self._keeper.reap()

    def _obey(self, order: Order) -> None:
        try:
            match order.message.get("op"):
                case "fork":
                    self._fork(order)
                case "settle":
                    self._keeper.settle(order.message)
                case "exit":
                    self._leaving_since = self._leaving_since or time.monotonic()
                case other:
                    log.error("an order that nobody here understands: %r", other)
        finally:
            for fd in order.fds:
                os.close(fd)

    def _fork(self, order: Order) -> None:
        slot: Any = order.message.get("slot")
        if not isinstance(slot, int) or not 0 <= slot < self._posting.board.slots:
            log.error("asked to fork a worker for slot %r, of which there is none", slot)
            return
        if self._leaving_since or self._nursery.occupied(slot):
            log.error("asked to fork for slot %d: %s", slot, "leaving" if self._leaving_since else "occupied")
            return
        output = (order.fds[0], order.fds[1]) if len(order.fds) >= 2 else None  # noqa: PLR2004 - stdout, stderr
        rank = order.message.get("index")
        rank = rank if isinstance(rank, int) else self._posting.rank(slot)
        drop = [*self._private(), *order.fds]
        try:
            child = self._nursery.fork(slot, rank, drop, output)
        except OSError as error:
            log.error("no worker could be forked for slot %d: %s", slot, error)  # noqa: TRY400 - it says it all
            self._boss.tell(_stillborn(slot, error))
            return
        self._keeper.watch(child)
        self._boss.tell({"event": "forked", "slot": slot, "pid": child.pid}, (child.pidfd,))

    def _private(self) -> list[int]:
        return [*self._privately, *self._boss.readable(), *self._keeper.files()]

    def _listen(self) -> None:
        for number in _HEARD:
            signal.signal(number, _noted)
        # Workers and keeper inherit this: a question that comes before its answer stands must not end them.
        signal.signal(STACK_SIGNAL, signal.SIG_IGN)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)


def settle_down() -> None:
    """Make the memory the children will share as still as it can be."""
    # Nothing that is there now is looked at by the collector again, so its pages are not written and stay shared.
    gc.collect()
    gc.freeze()


def _noted(_signal: int, _frame: FrameType | None) -> None:
    """Its number is in the pipe; the loop reads it there."""


def _stillborn(slot: int, error: OSError) -> Message:
    cause = f"fork failed: {error.strerror or error}"
    return {
        "event": "exit",
        "slot": slot,
        "pid": 0,
        "code": None,
        "signal": None,
        "cause": cause,
        "charged": False,
        "job": None,
    }
