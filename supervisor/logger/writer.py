"""The thread that owns the disk, and the thread that owns the terminal."""

import os
import threading
import time
from collections import defaultdict
from contextlib import suppress
from typing import Protocol

from supervisor.logger.buffer import BoundedBuffer, Chunk
from supervisor.logger.files import LogFolder
from supervisor.logger.formats import Format
from supervisor.logger.origin import Origin
from supervisor.logger.stamp import stamp

# A wake-up for each chunk would cost more than the chunk: after a small turn the next ones gather.
_REST_S, _SMALL = 0.02, 64 * 1024
_TEND_S = 1.0  # how often the ages of files are looked at
_OURSELVES = "logger"


class Tally(Protocol):
    """Where the figures go: the scoreboard's LoggerRecord, or nowhere."""

    def took(self, size: int) -> None:
        """Count what was read and is to be written."""

    def wrote(self, size: int, lines: int) -> None:
        """Count what reached the disk."""

    def dropped(self, size: int) -> None:
        """Count what was lost."""

    def beat(self) -> None:
        """Say that the reading loop turns."""


class Writer(threading.Thread):
    """Takes chunks from the buffer and appends them to their files until the buffer is closed.

    A disk that refuses costs the chunk, not the thread: the loss is counted and told in the file later.
    """

    def __init__(self, buffer: BoundedBuffer, folder: LogFolder, tally: Tally, form: Format) -> None:
        super().__init__(name="writer", daemon=True)
        self._buffer = buffer
        self._folder = folder
        self._tally = tally
        self._form = form
        self._refused: dict[str, int] = defaultdict(int)
        self._reopen = False
        self._tended = 0.0

    def reopen(self) -> None:
        """Have the files opened anew before the next line. Safe in a signal handler's thread."""
        self._reopen = True

    def run(self) -> None:
        """Write until the end."""
        while (taken := self._buffer.take(_TEND_S)) is not None:
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
            self._tend()
            _rest(self._buffer, chunks)

    def _write(self, name: str, data: bytes) -> None:
        refused, notice = self._refused.pop(name, 0), b""
        if refused:
            notice = told(f"{refused} bytes were dropped here: the disk was too slow or refused them", name, self._form)
            self._tally.took(len(notice))
            data = notice + data
        done = self._folder.append(name, data)
        self._tally.wrote(done, data.count(b"\n", 0, done))
        if done < len(data):
            lost = len(data) - done
            self._tally.dropped(lost)
            self._refused[name] = lost if done else refused + lost - len(notice)

    def _tend(self) -> None:
        now = time.monotonic()
        if now - self._tended >= _TEND_S:
            self._tended = now
            with suppress(OSError):
                self._folder.tend(time.time())


class Echo(threading.Thread):
    """Copies tagged lines to the terminal. A terminal that is gone ends it; one that is stopped makes it wait."""

    def __init__(self, buffer: BoundedBuffer, form: Format, fd: int = 1) -> None:
        super().__init__(name="echo", daemon=True)
        self._buffer = buffer
        self._form = form
        self._fd = fd

    def run(self) -> None:
        """Copy until the end."""
        with suppress(OSError):
            while (taken := self._buffer.take()) is not None:
                chunks, lost = taken
                if lost:
                    self._show(told(f"{sum(lost.values())} bytes were not shown", "", self._form))
                self._show(b"".join(data for _, data in chunks))
                _rest(self._buffer, chunks)

    def _show(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]


def told(text: str, log: str, form: Format) -> bytes:
    """Answer a line of the logger's own."""
    return form([text.encode()], Origin(log or _OURSELVES, _OURSELVES), stamp())


def _rest(buffer: BoundedBuffer, taken: list[Chunk]) -> None:
    if sum(len(data) for _, data in taken) < _SMALL:
        buffer.rest(_REST_S)


def _joined(chunks: list[Chunk]) -> dict[str, bytes]:
    """One write a file and turn, in the order in which the lines came."""
    parts: dict[str, list[bytes]] = defaultdict(list)
    for name, data in chunks:
        parts[name].append(data)
    return {name: b"".join(pieces) for name, pieces in parts.items()}
