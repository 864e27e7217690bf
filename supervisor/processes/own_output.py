"""Where the supervisor's own log lines go: a pipe to the logger that never makes it wait."""

import errno
import io
import os
from contextlib import suppress

_FALLBACK_FD = 2


class PipeStream(io.TextIOBase):
    """A text stream over the non-blocking write end of a pipe.

    A line that does not fit is dropped and counted, and the next line that fits says so. Without a pipe (before
    the logger exists, and after it left) lines go to standard error.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dropped = 0
        self._untold = 0
        self._fd = -1

    def connect(self, fd: int) -> None:
        """Write to this pipe from now on; the stream sets it to non-blocking."""
        os.set_blocking(fd, False)
        self._fd = fd

    def disconnect(self) -> None:
        """Write to standard error from now on."""
        self._fd = -1

    def write(self, text: str) -> int:
        """Write one record; never waits, never raises."""
        data = text.encode(errors="backslashreplace")
        if self._fd < 0:
            with suppress(OSError):
                os.write(_FALLBACK_FD, data)
            return len(text)
        if self._untold:
            data = f"supervisor: {self._untold} log lines were dropped\n".encode() + data
        if self._send(data):
            self._untold = 0
        else:
            self.dropped += 1
            self._untold += 1
        return len(text)

    def writable(self) -> bool:
        """Answer that it can be written to."""
        return True

    def _send(self, data: bytes) -> bool:
        # Up to PIPE_BUF a write is all or nothing; a longer record may be cut, and is then counted as dropped.
        try:
            return os.write(self._fd, data) == len(data)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EPIPE):
                self._fd = -1
            return False


def pour_out(read_end: int) -> None:
    """Write to standard error what nobody has read from a pipe any more."""
    with suppress(OSError):
        while data := os.read(read_end, 65536):
            os.write(_FALLBACK_FD, data)
