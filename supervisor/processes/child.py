"""One process that we started, or one that an earlier supervisor started and we adopted.

Signals go through the pidfd only, so none can reach a stranger that got the same number. The end of a child is
told by the reaper; the end of an adopted process, which nobody here can wait for, by its pidfd.
"""

import asyncio
import ctypes
import logging
import os
import select
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import Signals
from typing import IO

from supervisor.deaths.certificates import Certificates
from supervisor.processes.children import Children, Exit, OnExit
from supervisor.processes.confines import Confines
from supervisor.processes.reap import Reaper
from supervisor.processes.refusal import Refusal

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)  # looked up before any fork: the child must not search libraries
_BLOCKED = frozenset(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What to execute and with what in its hands."""

    command: tuple[str, ...]
    env: Mapping[str, str]
    stdout: int | IO[bytes] | None = None
    stderr: int | IO[bytes] | None = None
    stdin: bytes | None = None  # written at once and closed; at most what a pipe holds (64 KiB)
    pass_fds: tuple[int, ...] = ()
    cwd: Path | None = None
    death_signal: signal.Signals | None = None  # sent to it by the kernel when the supervisor dies
    stop_timeout: float | None = None  # … and what is left of its group is killed after so many seconds (guardian.py)
    own_session: bool = False  # a session of its own (it may outlive us), else only a group of its own
    group_outlives: bool = False  # what it forked goes on when it dies: a zygote's workers
    confines: Confines | None = None  # who it runs as and what it may use; None: all as we


class Child:
    """A live process with its pidfd. Duties: signal it, tell its end once, close what it held."""

    def __init__(self, pid: int, pidfd: int, *, adopted: bool) -> None:
        self.pid = pid
        self.adopted = adopted
        self._pidfd = pidfd

    @property
    def alive(self) -> bool:
        """Whether it runs; a zombie does not."""
        return self._pidfd >= 0 and not is_dead(self._pidfd)

    @property
    def pidfd(self) -> int:
        """What it is known by, -1 when it was forgotten; stays ours to close."""
        return self._pidfd

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal; False when the process is gone already."""
        return self._pidfd >= 0 and send(self._pidfd, number)

    def signal_group(self, number: Signals) -> None:
        """Send a signal to it and the group it leads. While the pidfd is ours, the reaper has not collected the pid."""
        if self._pidfd >= 0 and not self.adopted:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def kill_group(self) -> None:
        """Kill it and the group it leads. While the pidfd lives the pid, and so the group, is certain."""
        if self.signal(signal.SIGKILL) and not self.adopted:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Forget the process."""
        if self._pidfd >= 0:
            loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1


class Nursery:
    """Starts and adopts children, and wires their ends to their owners."""

    def __init__(self, loop: asyncio.AbstractEventLoop, children: Children, reaper: Reaper) -> None:
        self.loop = loop
        self.children = children
        self.reaper = reaper
        self.spawned: Callable[[Child, Launch], None] = lambda _child, _launch: None
        self.gone: Callable[[Child], None] = lambda _child: None
        self.certificates = Certificates()

    def spawn(self, launch: Launch, on_exit: OnExit) -> Child:
        """Start a process.

        Raises:
            OSError: it cannot be executed; the text names the file.
        """
        pid = _execute(launch)
        child = self.own(pid, os.pidfd_open(pid), on_exit, leads_group=not launch.group_outlives)
        self.spawned(child, launch)
        return child

    def own(self, pid: int, pidfd: int, on_exit: OnExit, *, leads_group: bool) -> Child:
        """Watch a child of ours: just started, or handed over by the supervisor that this process was before.

        Takes the pidfd. `leads_group`: what is left in its group dies with it.
        """
        child = Child(pid, pidfd, adopted=False)
        self.children.add(pid, lambda end: self._ended(child, on_exit, end), leads_group=leads_group)
        # The reaper is woken by SIGCHLD too; the pidfd is there so that a lost signal costs nothing.
        self.loop.add_reader(pidfd, self._readable, child)
        return child

    def adopt(self, pid: int, pidfd: int, on_exit: OnExit) -> Child:
        """Watch a process that is not our child. Takes the pidfd."""
        child = Child(pid, pidfd, adopted=True)

        def gone() -> None:
            self._ended(child, on_exit, Exit())

        self.loop.add_reader(pidfd, gone)
        return child

    def _readable(self, child: Child) -> None:
        self.loop.remove_reader(child._pidfd)  # noqa: SLF001  readable for ever from now on
        self.reaper.sweep()

    def _ended(self, child: Child, on_exit: Callable[[Exit], None], end: Exit) -> None:
        child.close(self.loop)
        self.gone(child)
        on_exit(end)


def send(pidfd: int, number: signal.Signals) -> bool:
    """Send a signal through a pidfd; False when the process is gone."""
    try:
        signal.pidfd_send_signal(pidfd, number)
    except ProcessLookupError:
        return False
    return True


def is_dead(pidfd: int) -> bool:
    """Tell whether the process behind a pidfd has ended."""
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    return bool(poller.poll(0))


def _execute(launch: Launch) -> int:
    refusal = Refusal()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _BLOCKED)
    try:
        process = subprocess.Popen(
            launch.command,
            stdin=subprocess.PIPE if launch.stdin is not None else subprocess.DEVNULL,
            stdout=launch.stdout,
            stderr=launch.stderr,
            env=dict(launch.env),
            cwd=launch.cwd,
            pass_fds=launch.pass_fds,
            start_new_session=launch.own_session,
            process_group=None if launch.own_session else 0,
            preexec_fn=partial(_prepare, launch, os.getpid(), before, refusal),  # noqa: PLW1509  safe here: one thread
        )
    except subprocess.SubprocessError:
        raise refusal.error() from None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        refusal.close()
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.write(launch.stdin or b"")
            process.stdin.close()
    process.returncode = 0  # the reaper waits for it, subprocess must not
    return process.pid


def _prepare(launch: Launch, parent: int, mask: set[int], refusal: Refusal) -> None:
    """In the child, between fork and exec."""
    # Our handlers would answer signals with our wake-up pipe, and what we were told to ignore (by nohup, or by a shell
    # that put us in the background) would not reach it: back to the defaults first, then let in what was held back.
    for number in _not_default():
        signal.signal(number, signal.SIG_DFL)
    if launch.confines is not None:
        with refusal.told():
            launch.confines.assume()
    if launch.death_signal is not None:
        # After the change of user, which makes the kernel forget it.
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(launch.death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the supervisor died before the kernel knew whom to tell
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _not_default() -> list[signal.Signals]:
    return [
        number
        for number in signal.Signals
        if number not in (signal.SIGKILL, signal.SIGSTOP) and signal.getsignal(number) is not signal.SIG_DFL
    ]
