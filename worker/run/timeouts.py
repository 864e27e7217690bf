"""Soft timeouts and cancels of tasks: by a signal in the main thread, by an asynchronous exception in others."""

import ctypes
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from worker.run.cancelled import Cancelled
from worker.run.soft_timeout import SoftTimeout

if TYPE_CHECKING:
    import asyncio

NEVER = 1 << 62  # ns: a deadline that does not come


class Alarm:
    """The main thread's soft timeouts, and the keeper's word that the job that runs was cancelled.

    The timer is armed lazily: one setting serves all the short jobs that end before it rings. When it rings it looks
    at the job that runs then, and is set again if that one's time is not up. So a job costs no system call.

    cancelled: asked when the signal comes while a task runs; whether that one is to stop.
    """

    def __init__(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        self.deadline_ns = 0  # of the job that runs now; 0 = none runs, NEVER = it has no limit
        self.awaited: asyncio.Task[Any] | None = None  # the coroutine that runs now; its deadline is asyncio's
        self._cancelled = cancelled
        self._rings_ns = 0  # when the timer goes off; 0 = not armed

    def install(self) -> None:
        """Take over SIGALRM; main thread only."""
        signal.signal(signal.SIGALRM, self._ring)

    def watch(self, deadline_ns: int) -> None:
        """From now on SoftTimeout is raised in the main thread when ``deadline_ns`` (monotonic) has passed."""
        self.deadline_ns = deadline_ns
        if deadline_ns < self._rings_ns or not self._rings_ns:
            self._arm(deadline_ns)

    def _arm(self, deadline_ns: int) -> None:
        self._rings_ns = deadline_ns
        signal.setitimer(signal.ITIMER_REAL, max(1e-6, (deadline_ns - time.monotonic_ns()) / 1e9))

    def _ring(self, _signal: int, _frame: FrameType | None) -> None:
        self._rings_ns = 0
        deadline_ns = self.deadline_ns
        if self.awaited is not None:
            if self._cancelled():
                self.awaited.get_loop().call_soon_threadsafe(self.awaited.cancel)
            return
        if not deadline_ns:
            return
        if self._cancelled():
            self.deadline_ns = 0
            raise Cancelled("the job was cancelled")
        if deadline_ns == NEVER:
            return
        if deadline_ns > time.monotonic_ns():
            self._arm(deadline_ns)
            return
        self.deadline_ns = 0  # once only: the task may be cleaning up
        raise SoftTimeout


class ThreadTimeout:
    """The soft timeout, or cancel, of one pool thread: another thread raises SoftTimeout or Cancelled in it.

    The exception arrives at the next bytecode of that thread, so the end of a job and the raising exclude each other
    by a lock, and one that was raised too late is taken back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread = 0
        self._raised = False

    def begin(self) -> None:
        """Called by the thread itself before the task."""
        with self._lock:
            self._thread, self._raised = threading.get_ident(), False

    def end(self) -> None:
        """Called by the thread itself after the task; from here on nothing is raised in it."""
        with self._lock:
            if self._raised:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), None)
            self._thread = 0

    def fire(self, what: type[BaseException] = SoftTimeout) -> bool:
        """Raise that in the thread; False when its task has not begun or has ended, or something was raised before."""
        with self._lock:
            if not self._thread or self._raised:
                return False
            self._raised = True
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(what))
            return True
