"""USR2 and `upgrade`: the supervisor executes itself anew, in place: same pid, so its children stay its children.

             ask                 it can            nothing is half done     nobody is being answered
    idle ──────────> rehearsing ────────> waiting ──────────────────> hushed ─────────────────────> exec ══> idle again
      ^                  │ it cannot         │ not calm within 60 s      │ not calm within 2 s
      └──── said why ────┴───────────────────┴───────────────────────────┘

Hushed: new connections wait in the kernel, for the sockets stay open; those that were taken are answered first.

Rehearsal: a child process of the release that stands on the disk now loads itself, the config and the scoreboard, and
says whether it could take over. After the exec there is no way back, so whatever can be known is asked before.
"""

import logging
import math
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from supervisor.processes.child import Child, Launch, Nursery
from supervisor.processes.children import Exit
from supervisor.upgrading.handover import FD_VARIABLE, Handover

log = logging.getLogger(__name__)

_REHEARSE_S = 30.0
_CALM_WITHIN_S = 60.0
_HUSHED_S = 2.0
_LOOK_AGAIN_S = 0.05
_SAID_LIMIT = 4096

IDLE, REHEARSING, WAITING, HUSHED = "idle", "rehearsing", "waiting", "hushed"


class Upgrade:
    """Duties: rehearse, wait for a moment in which nothing is half done, then leap. Never waits itself.

    Args:
        nursery: starts the rehearsal.
        launch: how that is started; its output goes to the file that is given.
        unrest: answers what is half done now, "" when nothing is.
        hush: takes no new connections, or (False) takes them again.
        leap: executes; returns only when that failed.
        wake: calls the reconcile loop.
    """

    name = "upgrade"

    def __init__(
        self,
        nursery: Nursery,
        launch: Callable[[int], Launch],
        unrest: Callable[[], str],
        hush: Callable[[bool], None],
        leap: Callable[[], None],
        wake: Callable[[], None],
    ) -> None:
        self.state = IDLE
        self.count = 0  # how often this process has executed itself
        self.error = ""  # why the last one was not done
        self._nursery = nursery
        self._launch = launch
        self._unrest = unrest
        self._hush = hush
        self._leap = leap
        self._wake = wake
        self._child: Child | None = None
        self._said = -1
        self._due = math.inf

    def ask(self, now: float) -> None:
        """Want the release that stands on the disk; asked again meanwhile, it is the same wish."""
        if self.state != IDLE:
            return
        self.error = ""
        self._said = os.memfd_create("herdsman-rehearsal")
        try:
            self._child = self._nursery.spawn(self._launch(self._said), self._rehearsed)
        except OSError as error:
            self._refuse(f"the rehearsal cannot be started: {error}")
            return
        self.state, self._due = REHEARSING, now + _REHEARSE_S
        self._wake()

    def reconcile(self, now: float) -> float:
        """Go on; answer when to look again."""
        if self.state == REHEARSING and now >= self._due and self._child is not None:
            self._due = math.inf
            self._child.kill_group()
        elif self.state in (WAITING, HUSHED):
            return self._try(now)
        return self._due

    def _try(self, now: float) -> float:
        unrest = self._unrest()
        if not unrest and self.state == WAITING:
            # A connection that has just been taken shows only in the loop's next turns: so not at once.
            self._hush(True)  # noqa: FBT003  it says it all
            self.state, self._due = HUSHED, now + _HUSHED_S
        elif not unrest:
            self._leap()
            self._refuse("the new interpreter could not be executed; the log says why")
        elif math.isinf(self._due):
            self._due = now + _CALM_WITHIN_S
        elif now >= self._due:
            self._refuse(f"{unrest}, for too long: ask again when that is over")
        return math.inf if self.state == IDLE else now + _LOOK_AGAIN_S

    def _rehearsed(self, end: Exit) -> None:
        self._child, self._due = None, math.inf
        with suppress(OSError):
            said = os.pread(self._said, _SAID_LIMIT, 0).decode(errors="replace").strip()
        if end.clean:
            os.close(self._said)
            self._said = -1
            self.state = WAITING
        else:
            self._refuse(f"the release on the disk cannot take over ({end}): {said or 'it said nothing'}")
        self._wake()

    def _refuse(self, why: str) -> None:
        if self._said >= 0:
            os.close(self._said)
            self._said = -1
        if self.state == HUSHED:
            self._hush(False)  # noqa: FBT003
        self.state, self._due, self.error = IDLE, math.inf, why
        log.error("not upgraded, all goes on as before: %s", why)


def execute(handover: Handover, config: Path, env: Mapping[str, str]) -> None:
    """Become the release on the disk, with everything in `handover`. Returns only when that failed."""
    fds: list[int] = []
    # No signal may find the new interpreter without handlers: they wait until it has some, see boot.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    handover.parts["blocked"] = sorted(int(number) for number in before)
    try:
        fds.append(handover.write())
        os.set_inheritable(fds[0], True)  # noqa: FBT003  the standard library's own signature
        handover.passed_on(inherited=True)
        command = [sys.executable, "-m", "supervisor", "-c", str(config)]
        os.execve(sys.executable, command, {**env, FD_VARIABLE: str(fds[0])})  # noqa: S606  no shell is what is wanted
    except (OSError, TypeError) as error:
        log.exception("the supervisor could not be executed anew: %s", error)  # noqa: TRY401
        handover.passed_on(inherited=False)
        for fd in fds:
            os.close(fd)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def resumed() -> Handover | None:
    """Answer what this process was handed by itself, None when it was started in the ordinary way.

    Raises:
        HandoverError: there was something, and it cannot be read.
    """
    said = os.environ.pop(FD_VARIABLE, "")
    if not said.isdigit():
        return None
    fd = int(said)
    handover = Handover.read(fd)
    os.close(fd)
    handover.passed_on(inherited=False)
    return handover
