"""Tasks that take their process along, each in a way of its own."""

import ctypes
import os
import signal

from worker import task


@task("exits")
def exits(status: int) -> None:
    os._exit(status)


@task("signals")
def signals(number: int) -> None:
    os.kill(os.getpid(), number)


@task("segfaults")
def segfaults() -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    ctypes.string_at(0)


@task("sticks", timeout="100ms", hard_timeout="300ms")
def sticks() -> None:
    while True:
        try:
            signal.pause()
        except BaseException:  # noqa: BLE001, S112 - it is meant to be deaf
            continue
