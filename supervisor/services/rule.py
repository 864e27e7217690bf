"""How a service is kept, and what else happens when it starts and ends."""

import errno
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from supervisor.processes.child import Child
from supervisor.processes.children import Exit
from supervisor.services.endings import CLEAN
from supervisor.services.remains import Remains
from supervisor.services.restart import Policy

# These will not pass by waiting: the command is wrong, and a human must look.
HOPELESS = frozenset({errno.ENOENT, errno.EACCES, errno.ENOTDIR, errno.ENOEXEC, errno.EPERM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a service is kept. Times in seconds."""

    restart: str = "always"  # or "on-failure", "never"
    policy: Policy = field(default_factory=Policy)
    restart_delay: float = 0.0  # at least so long between an end and the next start
    gives_up: bool = False  # over its budget it is FATAL; else it comes back at the pace of the cap
    success: frozenset[Exit] = CLEAN  # the ends that are no failure
    final: frozenset[Exit] = frozenset()  # the ends that no start follows
    stop_signal: signal.Signals = signal.SIGTERM
    stop_group: bool = False  # the signal goes to the whole group
    stop_timeout: float = 10.0  # from the signal to KILL
    kill_grace: float = 0.0  # the same when there is no time to lose
    settle: float = 1.0  # alive this long means it works; infinite: somebody calls `up`


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What else happens around a start and an end. `adopt` answers a live process (pid, pidfd) or None."""

    adopt: Callable[[], tuple[int, int] | None] = lambda: None
    started: Callable[[Child | None], None] = _nothing  # None: it could not be started
    ended: Callable[[Exit], None] = _nothing
    # What the dead process (its pid) may leave behind, to be killed from then on (monotonic s).
    remains: Callable[[int, float], Remains | None] = lambda _pid, _kill_at: None
