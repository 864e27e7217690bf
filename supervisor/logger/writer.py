"""The thread that owns the disk, and the thread that owns the terminal."""

import os
import threading
from collections import defaultdict
from contextlib import suppress
from typing import Protocol

from supervisor.logger.buffer import BoundedBuffer, Chunk
from supervisor.logger.files import LogFolder
from supervisor.logger.lines import tagged
from supervisor.logger.stamp import stamp


class Tally(Protocol):
    """Where the figures go: the scoreboard's LoggerRecord, or nowhere."""

    def wrote(self, size: int, lines: int) -> None:
        """Count what reached the disk."""

    def dropped(self, size: int) -> None:
        """Count what was lost."""


class Writer(threading.Thread):
    """Takes chunks from the buffer and appends them to their files until the buffer is closed.

    A disk that refuses costs the chunk, not the thread: the loss is counted and told in the file later.
    """

    def __init__(self, buffer: BoundedBuffer, folder: LogFolder, tally: Tally) -> None:
        super().__init__(name="writer", daemon=True)
        self._buffer = buffer
        self._folder = folder
        self._tally = tally
        self._refused: dict[str, int] = defaultdict(int)
        self._reopen = False

    def reopen(self) -> None:
        """Have the files opened anew before the next line. Safe in a signal handler's thread."""
        self._reopen = True

    def run(self) -> None:
        """Write until the end."""
        while (taken := self._buffer.take()) is not None:
            if self._reopen:
                self._reopen = False
                self._folder.reopen()
            chunks, lost = taken
            for name, size in lost.items():
                self._refused[name] += size
            for name, data in _joined(chunks).items():
                self._write(name, data)
            for name in [name for name in lost if self._refused[name]]:
                self._write(name, b"")

    def _write(self, name: str, data: bytes) -> None:
        refused = self._refused.pop(name, 0)
        if refused:
            text = f"{refused} bytes were dropped here: the disk was too slow or refused them".encode()
            data = tagged([text], "logger", stamp()) + data
        try:
            self._folder.append(name, data)
        except OSError:
            self._tally.dropped(len(data))
            self._refused[name] = refused + len(data)
        else:
            self._tally.wrote(len(data), data.count(b"\n"))


class Echo(threading.Thread):
    """Copies tagged lines to the terminal. A terminal that is gone ends it; one that is stopped makes it wait."""

    def __init__(self, buffer: BoundedBuffer, fd: int = 1) -> None:
        super().__init__(name="echo", daemon=True)
        self._buffer = buffer
        self._fd = fd

    def run(self) -> None:
        """Copy until the end."""
        with suppress(OSError):
            while (taken := self._buffer.take()) is not None:
                chunks, lost = taken
                if lost:
                    text = f"{sum(lost.values())} bytes were not shown".encode()
                    self._show(tagged([text], "logger", stamp()))
                self._show(b"".join(data for _, data in chunks))

    def _show(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]


def _joined(chunks: list[Chunk]) -> dict[str, bytes]:
    """One write a file and turn, in the order in which the lines came."""
    parts: dict[str, list[bytes]] = defaultdict(list)
    for name, data in chunks:
        parts[name].append(data)
    return {name: b"".join(pieces) for name, pieces in parts.items()}
