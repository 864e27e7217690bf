"""What importing the tasks has left in the zygote that a fork cannot carry over: threads, connections, event loops.

A thread does not exist in the workers, and the locks it held there stay locked; a connection would be spoken to by
all of them at once. Both belong into the task, on first use, or under `on_start`.
"""

import fcntl
import os
import socket
import stat
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_ANONYMOUS = {
    "eventpoll": "an event loop or poller (epoll)",
    "eventfd": "an eventfd (of an event loop or a native library)",
    "inotify": "a file watch (inotify)",
    "io_uring": "an io_uring",
    "signalfd": "a signalfd",
    "timerfd": "a timerfd",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was left: what, and by the import of which module."""

    what: str
    module: str

    def __str__(self) -> str:
        """Say it for people."""
        return f"{self.what}, left by importing {self.module}"


@dataclass(frozen=True, slots=True)
class _Seen:
    """Threads and open files at one moment; an open file is known by its number and what it is."""

    threads: frozenset[int]
    tasks: int
    files: frozenset[tuple[int, str]]


class Preflight:
    """Duties: compare before and after each module; name what is new and still there at the end."""

    def __init__(self) -> None:
        self._last = _look()
        self._new_files: dict[tuple[int, str], str] = {}
        self._new_threads: dict[int, str] = {}
        self._native: dict[str, int] = {}

    def imported(self, module: str) -> None:
        """A module was imported: what is new since the last call is its doing."""
        now, before = _look(), self._last
        for file in now.files - before.files:
            self._new_files[file] = module
        for ident in now.threads - before.threads:
            self._new_threads[ident] = module
        native = (now.tasks - len(now.threads)) - (before.tasks - len(before.threads))
        if native > 0:
            self._native[module] = native
        self._last = now

    def findings(self) -> list[Finding]:
        """Everything that is new and still there."""
        now = _look()
        threads = {thread.ident: thread for thread in threading.enumerate()}
        found = [
            Finding(_thread(threads[ident]), module) for ident, module in self._new_threads.items() if ident in threads
        ]
        if now.tasks > len(now.threads):
            found += [Finding(_natives(count), module) for module, count in self._native.items()]
        left = [(fd, link, module) for (fd, link), module in self._new_files.items() if (fd, link) in now.files]
        return found + [Finding(what, module) for fd, link, module in left if (what := _file(fd, link))]


def advice(findings: Iterable[Finding]) -> str:
    """Say what was found and what to do about it, in one message."""
    lines = "".join(f"\n  {finding}" for finding in findings)
    return (
        f"importing the tasks left things behind that cannot be forked:{lines}\n"
        "a thread does not exist in the workers, and a connection would be shared by all of them: make it inside a "
        "task, on first use, or in a function under @on_start (docs/running.md, preflight)"
    )


def _look() -> _Seen:
    files = set()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  numbers, no objects
        with suppress(OSError):
            files.add((int(name), os.readlink(f"/proc/self/fd/{name}")))  # noqa: PTH115  the same
    idents = frozenset(thread.ident for thread in threading.enumerate() if thread.ident is not None)
    return _Seen(idents, len(os.listdir("/proc/self/task")), frozenset(files))  # noqa: PTH208  the same


def _thread(thread: threading.Thread) -> str:
    runs: Any = getattr(thread, "_target", None) or type(thread)
    where = ".".join(filter(None, (getattr(runs, "__module__", ""), getattr(runs, "__qualname__", ""))))
    return f"thread {thread.name!r}" + (f" (runs {where})" if where else "")


def _natives(count: int) -> str:
    threads = "a thread" if count == 1 else f"{count} threads"
    hint = "; OPENBLAS_NUM_THREADS=1 in the pool's env avoids numpy's" if "numpy" in sys.modules else ""
    return f"{threads} of an extension module{hint}"


def _file(fd: int, link: str) -> str:
    """What an open file is, when it is one that must not be shared; `""` for one that may."""
    if link.startswith("socket:"):
        return f"{_socket(fd)} (fd {fd})"
    if link.startswith("anon_inode:"):
        kind = link.removeprefix("anon_inode:").strip("[]")
        return f"{_ANONYMOUS[kind]} (fd {fd})" if kind in _ANONYMOUS else ""
    if link.startswith("/") and _written_in_place(fd):
        return f"{link}, open for writing (fd {fd}): a database?"
    return ""


def _socket(fd: int) -> str:
    with suppress(OSError), socket.socket(fileno=os.dup(fd)) as end:
        listens = end.family != socket.AF_UNIX or end.type == socket.SOCK_STREAM
        if listens and end.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return f"a socket that listens at {_address(end.getsockname())}"
        with suppress(OSError):
            peer = _address(end.getpeername())
            return f"a connection to {peer}" if peer else "one end of a socket pair"
        return "a socket"
    return "a socket"


def _address(name: Any) -> str:
    if isinstance(name, tuple):
        return f"{name[0]}:{name[1]}"
    return name.decode(errors="replace") if isinstance(name, bytes) else str(name)


def _written_in_place(fd: int) -> bool:
    """A regular file that is read and written, not one that is only appended to, as logs are."""
    with suppress(OSError):
        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
        regular = stat.S_ISREG(os.fstat(fd).st_mode)
        return regular and flags & os.O_ACCMODE == os.O_RDWR and not flags & os.O_APPEND
    return False
