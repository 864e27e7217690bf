"""Stop requests: TERM and INT, seen by the loop and never acted on in the handler.

The handler only raises a flag; the byte that Python writes to the wake-up socket
ends the loop's sleep at once, also when the signal arrives just before it.
"""

import select
import signal
import socket
from collections.abc import Sequence
from types import FrameType
from typing import Protocol, Self

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Waitable(Protocol):
    """Something with a file number."""

    def fileno(self) -> int:
        """The number."""
        ...


class StopRequest:
    """Collects TERM and INT while it is entered; the runner sleeps on it.

    Use it as a context manager in the main thread; the earlier handlers are put
    back on leaving.
    """

    def __init__(self) -> None:
        self._asked = False
        self._wake, self._woken = socket.socketpair()
        self._handlers: dict[signal.Signals, signal._HANDLER] = {}
        self._wakeup_fd = -1

    @property
    def asked(self) -> bool:
        """Whether a stop was asked for."""
        return self._asked

    def ask(self, number: int = 0, frame: FrameType | None = None) -> None:  # noqa: ARG002 - a signal handler's shape
        """Ask for a stop; also the handler of the signals."""
        self._asked = True

    def wait(self, seconds: float, also: Sequence[Waitable] = ()) -> bool:
        """Sleep for so many seconds, until a stop is asked for, or until one of `also` can be read.

        Returns:
            True when a stop was asked for.
        """
        if not self._asked and seconds > 0:
            readable, _, _ = select.select([self._woken, *also], [], [], seconds)
            if self._woken in readable:
                self._woken.recv(64)
        return self._asked

    def __enter__(self) -> Self:
        for end in (self._wake, self._woken):
            end.settimeout(0)
        self._wakeup_fd = signal.set_wakeup_fd(self._wake.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            self._handlers[number] = signal.signal(number, self.ask)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_fd)
        self._wake.close()
        self._woken.close()
