"""A pid file that cannot lie: what counts is the lock on it, which the kernel drops with its holder."""

import fcntl
import os
import time
from pathlib import Path

# Somebody who only asks whether the lock is held holds it for an instant: try again before believing it.
_TRIES = 5
_PAUSE_S = 0.04


class AlreadyRunningError(Exception):
    """The lock is held by a live process; `pid` is what it wrote (None: not readable)."""

    def __init__(self, path: Path, pid: int | None) -> None:
        super().__init__(f"already running as pid {pid or 'unknown'} (it holds {path})")
        self.pid = pid


class PidFile:
    """Holds the lock while the process lives. The file itself stays behind: removing it would race."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    @property
    def fd(self) -> int:
        """The file that bears the lock, -1 when it is not held. An exec that keeps it open keeps the lock."""
        return self._fd

    def resume(self, fd: int) -> None:
        """Hold the lock that this process took before its exec."""
        self._fd = fd

    def acquire(self) -> None:
        """Take the lock and write our pid.

        Raises:
            AlreadyRunningError: somebody holds it.
            OSError: the file cannot be opened or written.
        """
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for attempt in range(_TRIES):
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if attempt == _TRIES - 1:
                    pid = _read(fd)
                    os.close(fd)
                    raise AlreadyRunningError(self._path, pid) from None
                time.sleep(_PAUSE_S)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Give up the lock."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1


def holder(path: Path) -> int | None:
    """Answer the pid of the live process that holds the lock; None when nobody does. Never waits."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(fd) or 0
    finally:
        os.close(fd)
    return None


def _read(fd: int) -> int | None:
    text = os.pread(fd, 32, 0).strip()
    return int(text) if text.isdigit() else None
