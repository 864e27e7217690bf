"""What a worker is asked to do by signals: handlers note it, the loop does it at the next job boundary."""

import contextlib
import os
import signal
from types import FrameType

OURS = (signal.SIGTERM, signal.SIGINT, signal.SIGTSTP, signal.SIGCONT)


class Requests:
    """TERM and INT: drain. TSTP: take no more jobs. CONT: take them again.

    ``fileno`` becomes readable whenever a signal came, so that a select wakes up; ``hold`` is true when the running
    batch is to end after the job that runs.
    """

    def __init__(self) -> None:
        self.stop = False
        self.quiet = False
        self.orphaned = False
        self.hold = False
        self._read, self._write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def install(self) -> None:
        """Take over the signals; main thread only."""
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._on_stop)
        signal.signal(signal.SIGINT, self._on_stop)
        signal.signal(signal.SIGTSTP, self._on_quiet)
        signal.signal(signal.SIGCONT, self._on_resume)

    def fileno(self) -> int:
        """For selectors."""
        return self._read

    def wake(self) -> None:
        """Make ``fileno`` readable from another thread."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._write, b"\0")

    def drain(self) -> None:
        """Empty the pipe after it woke a select."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self._read, 4096):
                pass

    def orphan(self) -> None:
        """The supervisor is gone: finish and leave."""
        self.orphaned = self.stop = self.hold = True

    def _on_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stop = self.hold = True

    def _on_quiet(self, _signal: int, _frame: FrameType | None) -> None:
        self.quiet = self.hold = True

    def _on_resume(self, _signal: int, _frame: FrameType | None) -> None:
        self.quiet = False
        self.hold = self.stop
