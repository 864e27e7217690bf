"""The thread that writes death certificates down: JSON lines, one file and one older one, for this user only."""

import os
import threading
from contextlib import suppress
from pathlib import Path

from supervisor.logger.buffer import BoundedBuffer

FILE_BYTES = 4 * 1024 * 1024
BUFFER_BYTES = 1024 * 1024


class Register(threading.Thread):
    """Appends what is put into its buffer. A disk that refuses costs the certificate, a stalled one only this."""

    def __init__(self, path: Path, limit: int = FILE_BYTES) -> None:
        super().__init__(name="register", daemon=True)
        self.buffer = BoundedBuffer(BUFFER_BYTES)
        self._path = path
        self._limit = limit

    def put(self, line: bytes) -> None:
        """Write a line down, soon; never waits."""
        self.buffer.put("deaths", line)

    def run(self) -> None:
        """Write until the buffer is closed."""
        while (taken := self.buffer.take()) is not None:
            for _, line in taken[0]:
                with suppress(OSError):
                    self._append(line)

    def _append(self, line: bytes) -> None:
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, line)
            size = os.fstat(fd).st_size
        finally:
            os.close(fd)
        if size > self._limit:
            os.replace(self._path, older(self._path))  # noqa: PTH105  both are paths already


def older(path: Path) -> Path:
    """Answer where the certificates before those in `path` stand."""
    return path.with_name(f"{path.name}.1")
