"""The zygote's side of its keeper: forks it, tells it whom to watch and what to settle, replaces it when it dies."""

import logging
import os
import signal
import time
from collections.abc import Callable

from worker.processes import forking
from worker.processes.messages import BadMessage, Closed, Message, Wire
from worker.processes.nursery import Child
from worker.processes.posting import Posting

log = logging.getLogger(__name__)
_PAUSE = 0.5  # s between two keepers
_FAREWELL = 2.5  # s a keeper has for its last calls


class KeeperLink:
    """One keeper at a time. What it has not confirmed to be settled is told to its successor again.

    run: the whole life of a keeper, given its end of the wire; called in the child.
    """

    def __init__(self, posting: Posting, run: Callable[[Wire], int]) -> None:
        self._posting = posting
        self._run = run
        self._wire: Wire | None = None
        self._unsettled: dict[str, Message] = {}
        self._pidfd = -1
        self._next = 0.0
        self.pid = 0
        self.last_death: Message | None = None  # {"pid", "code", "signal"} of the last keeper that died

    @property
    def settled(self) -> bool:
        """Whether all deaths it was told of are settled in the store."""
        return not self._unsettled

    def files(self) -> list[int]:
        """Open files that children must not hold."""
        return [fd for fd in (self._wire.fileno() if self._wire else -1, self._pidfd) if fd >= 0]

    def readable(self) -> list[int]:
        """Files to watch."""
        return [self._wire.fileno()] if self._wire else []

    def due_in(self) -> float | None:
        """Seconds until something is to be tried again."""
        if self.pid == 0:
            return max(0.0, self._next - time.monotonic())
        return 0.01 if self._wire and self._wire.behind else None

    def start(self, children: list[Child], drop: list[int]) -> bool:
        """Fork a keeper when there is none; True when it was done."""
        if self.pid or time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + _PAUSE
        ours, theirs = Wire.pair()
        try:
            self.pid = forking.fork(
                lambda: self._run(theirs),
                title=f"herdsman: keeper {self._posting.pool.name}",
                drop=[*drop, ours.fileno(), *(child.pidfd for child in children)],
            )
        except OSError as error:
            log.error("no keeper could be forked: %s", error)  # noqa: TRY400 - the message says it all
            ours.close()
            return False
        finally:
            theirs.close()
        self._wire, self._pidfd = ours, os.pidfd_open(self.pid)
        for child in children:
            self.watch(child)
        for order in self._unsettled.values():
            self._send(order)
        return True

    def watch(self, child: Child) -> None:
        """A worker lives."""
        self._send({"op": "watch", "slot": child.slot, "pid": child.pid}, (child.pidfd,))

    def settle(self, order: Message) -> None:
        """A worker is dead: see to it until it is settled."""
        if int(order.get("incarnation", "0"), 16) == 0:
            return
        self._unsettled[order["incarnation"]] = order
        self._send(order)

    def read(self) -> None:
        """Take in what the keeper has confirmed."""
        while self._wire:
            try:
                received = self._wire.receive()
            except BadMessage as error:
                log.error("the keeper sent what is no message: %s", error)  # noqa: TRY400 - no trace helps
                continue
            except Closed:
                self._hang_up()
                return
            if received is None:
                return
            self._unsettled.pop(str(received[0].get("incarnation")), None)

    def reap(self) -> bool:
        """Whether the keeper has died; never waits."""
        if not self.pid:
            return False
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        log.warning("the keeper died (%s); another one takes over", os.waitstatus_to_exitcode(status))
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        code = None if number else os.WEXITSTATUS(status)
        self.last_death = {"pid": self.pid, "code": code, "signal": number}
        self._forget()
        return True

    def finish(self) -> None:
        """Let the keeper go, wait for it a while, and make an end of it then."""
        self.read()
        self._hang_up()
        deadline = time.monotonic() + _FAREWELL
        while self.pid and time.monotonic() < deadline:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self._forget()
                return
            time.sleep(0.01)
        if self.pid:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self._forget()

    def _send(self, message: Message, fds: tuple[int, ...] = ()) -> None:
        if self._wire:
            try:
                self._wire.send(message, fds)
            except Closed:
                self._hang_up()

    def _hang_up(self) -> None:
        if self._wire:
            self._wire.close()
            self._wire = None

    def _forget(self) -> None:
        self._hang_up()
        os.close(self._pidfd)
        self.pid, self._pidfd = 0, -1
