"""The janitor's locked pid file: one janitor a data_dir, for as long as it lives.

The lock is the truth and the number inside is for people: the kernel drops the
lock with the process, however it dies, so a file left behind never blocks a start
and a reused pid is never mistaken for a janitor.
"""

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another janitor holds the lock.

    Attributes:
        pid: its process id as the file tells it, 0 when it could not be read.
    """

    def __init__(self, path: Path, pid: int) -> None:
        super().__init__(f"a janitor is already running (pid {pid or 'unknown'}, {path})")
        self.pid = pid


class PidFile:
    """Holds an exclusive lock on one file and writes our pid into it.

    Called by `janitor.sweeping`: `acquire` before the loop, `release` after it.
    The file itself stays: removing it would let two processes lock two inodes
    of the same name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock and write our pid; the folder is made (0700) when it is missing.

        Raises:
            AlreadyRunning: another living process has the lock.
            OSError: the folder or the file cannot be made or written.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._lock(fd)
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd

    def release(self) -> None:
        """Empty the file and drop the lock; harmless when it is not held."""
        if self._fd is None:
            return
        os.ftruncate(self._fd, 0)
        os.close(self._fd)
        self._fd = None

    def _lock(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(self._path, _pid_in(fd)) from None


def _pid_in(fd: int) -> int:
    """The pid written in the file, 0 when there is none yet."""
    text = os.pread(fd, 32, 0).strip()
    return int(text) if text.isdigit() else 0
