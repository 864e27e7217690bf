"""What becomes of programs when the supervisor is killed: a small process of its own sees to it that they end.

The kernel sends TERM to each program then (PDEATHSIG), but not to its children, and a program may ignore it. The
guardian holds a pidfd of each, and reads the end of the supervisor as the end of its socket:

  end of file ──> TERM to every process of each program's group ──stop_timeout──> KILL to what is left of them

It is started with the first program, so a herd without programs does without. A supervisor that stops has it leave
with TERM; one that closes the socket and lives on (it executes itself anew) is left quietly, too.
"""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from supervisor.processes.channel import Channel, pair
from supervisor.processes.child import Child, Launch, Nursery
from supervisor.processes.children import Exit
from supervisor.services.restart import Policy
from supervisor.services.rule import Hooks, Rule
from supervisor.services.service import Service

if TYPE_CHECKING:
    import socket

_RULE = Rule(policy=Policy(base=0.1, cap=10.0), stop_timeout=5.0, settle=0.5)


class Guardian(Service):
    """Duties: keep the guardian's process alive from the first program on, and tell it who there is to watch."""

    def __init__(self, nursery: Nursery, env: Mapping[str, str], output: int, *, wake: Callable[[], None]) -> None:
        super().__init__(
            "guardian",
            nursery,
            self._prepare,
            rule=_RULE,
            hooks=Hooks(started=self._begin, ended=self._lost),
            wake=wake,
        )
        self.wanted = False
        self._loop = nursery.loop
        self._env = env
        self._output = output
        self._theirs: socket.socket | None = None  # its end, until it has it
        self._channel: Channel | None = None
        self._watched: dict[int, tuple[int, float]] = {}  # pid -> pidfd, grace
        nursery.spawned, nursery.gone = self.watch, self.forget

    def watch(self, child: Child, launch: Launch) -> None:
        """A process began: one that shall not outlive us is in its hands from now on."""
        if launch.stop_timeout is not None:
            self.guard(child.pid, launch.stop_timeout)

    def guard(self, pid: int, grace: float) -> None:
        """Have a live child's group ended when we die: TERM, and KILL after `grace` seconds."""
        self._watched[pid] = os.pidfd_open(pid), grace
        self._tell(pid)
        if not self.wanted:
            self.start()

    def forget(self, child: Child) -> None:
        """A process ended, and so did its group."""
        pidfd, _ = self._watched.pop(child.pid, (-1, 0.0))
        if pidfd >= 0:
            os.close(pidfd)
            if self._channel is not None:
                self._channel.send({"op": "forget", "pid": child.pid})

    def _tell(self, pid: int) -> None:
        pidfd, grace = self._watched[pid]
        if self._channel is not None:
            self._channel.send({"op": "watch", "pid": pid, "grace": grace}, [pidfd])

    def _prepare(self) -> Launch:
        ours, self._theirs = pair()
        self._channel = Channel(self._loop, ours, _unexpected, lambda: None)
        # Before it begins: we may be killed the moment after, and the socket keeps what it has not yet read.
        for pid in self._watched:
            self._tell(pid)
        fd = self._theirs.fileno()
        return Launch(
            command=(sys.executable, "-S", "-m", "supervisor.services.watchman", str(fd), str(os.getpid())),
            env=self._env,
            stdout=self._output,
            stderr=self._output,
            pass_fds=(fd,),
            own_session=True,
        )

    def _begin(self, child: Child | None) -> None:
        if self._theirs is not None:
            self._theirs.close()
            self._theirs = None
        if child is None:
            self._let_go()

    def _lost(self, _end: Exit) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None


def _unexpected(_message: dict[str, Any], _fds: list[int]) -> None:
    return None
