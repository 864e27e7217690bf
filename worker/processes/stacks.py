"""The stacks of a worker that hangs: asked for by a signal right before it is killed, written into a memory file.

zygote   makes one memory file a slot, empties it before each fork, reads it when the worker is dead
worker   has the interpreter's own fault handler write there: in C, without the interpreter lock, so also when a C call
         holds it, and never to a disk
keeper, supervisor   send the signal, wait STACK_WAIT_S, kill
"""

import contextlib
import faulthandler
import fcntl
import os

from scoreboard import STACK_BYTES, STACK_SIGNAL, bounded

NONE = -1
_READ = 4 * STACK_BYTES


def make(slot: int) -> int:
    """A file for the stacks of the workers in a slot; NONE where the system gives none."""
    try:
        fd = os.memfd_create(f"herdsman-stacks-{slot}", os.MFD_CLOEXEC)
    except OSError:
        return NONE
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND)  # emptied in between: each writer begins where the file ends
    return fd


def clear(fd: int) -> None:
    """Forget what the last worker wrote."""
    with contextlib.suppress(OSError):
        os.ftruncate(fd, 0)


def install(fd: int) -> None:
    """Answer the signal with the stacks of all threads. A failure costs the stacks, nothing else."""
    if fd == NONE:
        return
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        faulthandler.register(STACK_SIGNAL, file=fd, all_threads=True, chain=False)


def read(fd: int) -> str:
    """What was written since `clear`, at most STACK_BYTES of it; "" when nobody asked."""
    if fd == NONE:
        return ""
    try:
        size = os.fstat(fd).st_size
        data = os.pread(fd, _READ, 0)
        if size > len(data):
            data = data[: _READ // 2] + b"\n" + os.pread(fd, _READ // 2, size - _READ // 2)
    except OSError:
        return ""
    return bounded(data.decode(errors="replace"))
