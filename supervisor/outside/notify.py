"""Words to the service manager (systemd's sd_notify): one datagram each to the socket in NOTIFY_SOCKET.

Written here because it is thirty lines; nothing waits: what the manager has no room for now is said again later.
"""

import os
import socket
import time
from collections.abc import Mapping

VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
"""Meant for us alone: no child may speak in our name."""
_MICRO = 1_000_000


class Notifier:
    """The socket of the service manager. Without one, every word goes nowhere.

    Args:
        environ: where NOTIFY_SOCKET (a path, or `@name` for an abstract one), WATCHDOG_USEC and WATCHDOG_PID stand.
        pid: ours; a watchdog that is meant for another process is not fed.
    """

    def __init__(self, environ: Mapping[str, str], pid: int) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog_s = _watchdog(environ, pid) if self._address else None

    @property
    def wanted(self) -> bool:
        """Whether anybody listens."""
        return bool(self._address)

    def say(self, *words: str) -> bool:
        """Send words like `READY=1`; False when they did not arrive. Never waits, never raises."""
        if not self._address:
            return False
        kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC
        try:
            with socket.socket(socket.AF_UNIX, kind) as end:
                end.sendto("\n".join(words).encode(), self._address)
        except OSError:
            return False
        return True


def reloading() -> tuple[str, str]:
    """The words that a reload begins with; READY=1 ends it."""
    return "RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}"


def _address(name: str) -> bytes:
    if name.startswith("@"):
        return b"\0" + os.fsencode(name[1:])
    return os.fsencode(name) if name.startswith("/") else b""


def _watchdog(environ: Mapping[str, str], pid: int) -> float | None:
    """Seconds between two signs of life: half of what the manager waits for."""
    wanted, whose = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not wanted.isdigit() or int(wanted) == 0 or (whose and whose != str(pid)):
        return None
    return int(wanted) / _MICRO / 2
