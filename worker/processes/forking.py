"""The fork itself, and what a child must shed before it is a process of its own."""

import contextlib
import gc
import os
import random
import signal
import sys
import traceback
from collections.abc import Callable, Iterable

from setproctitle import setproctitle

_RESET = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGCHLD,
    signal.SIGHUP,
    signal.SIGTSTP,
    signal.SIGCONT,
    signal.SIGALRM,
)


def fork(run: Callable[[], int], *, title: str, drop: Iterable[int], output: tuple[int, int] | None = None) -> int:
    """Fork; the child calls ``run`` and exits with what it returns. Returns the child's pid.

    Args:
        run: the child's whole life; an exception is printed and becomes exit status 1.
        title: the child's process title.
        drop: open files of the parent that the child must not hold (it would keep sockets alive).
        output: files that become the child's stdout and stderr.

    Raises:
        OSError: the system allows no more processes.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # No signal may find the child with its parent's handlers and its parent's wake-up pipe.
    old = signal.pthread_sigmask(signal.SIG_BLOCK, _RESET)
    try:
        pid = os.fork()
        if pid == 0:
            _child(run, title, list(drop), output, old)
        return pid
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


def _child(
    run: Callable[[], int],
    title: str,
    drop: list[int],
    output: tuple[int, int] | None,
    mask: set[int] | set[signal.Signals],
) -> None:
    status = 1
    try:
        _become(title, drop, output)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        status = run()
    except SystemExit as left:
        status = left.code if isinstance(left.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it was: nothing may return into the parent's frames
        traceback.print_exc()
    finally:
        # Not sys.exit: what the parent registered to run at its exit is the parent's.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(status)


def _become(title: str, drop: list[int], output: tuple[int, int] | None) -> None:
    """Shed what the parent was: signals, session, files, random numbers."""
    signal.set_wakeup_fd(-1)
    for number in _RESET:
        signal.signal(number, signal.SIG_DFL)
    # A session and a process group of its own: the terminal's Ctrl-C does not reach it, and what it leaves behind
    # can be killed as a group.
    os.setsid()
    if output:
        os.dup2(output[0], 1)
        os.dup2(output[1], 2)
    # Ours only: files that the task modules opened while they were imported belong to the tasks.
    for fd in drop:
        with contextlib.suppress(OSError):
            os.close(fd)
    null = os.open(os.devnull, os.O_RDONLY)
    if null != 0:
        os.dup2(null, 0)
        os.close(null)
    # Copies of one generator would draw the same numbers in every worker.
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        with contextlib.suppress(Exception):
            numpy.random.seed()
    gc.enable()
    setproctitle(title)
