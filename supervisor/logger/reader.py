"""The loop that empties the pipes. It touches neither disk nor terminal, so nobody waits for either."""

import json
import os
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from supervisor.logger.buffer import BoundedBuffer
from supervisor.logger.last_lines import LastLines
from supervisor.logger.lines import Framer, tagged
from supervisor.logger.stamp import stamp
from supervisor.logger.writer import Tally
from supervisor.packets import receive

_READ_SIZE = 64 * 1024
_TURNS = 16  # reads a pipe may have in a row when it is to be emptied


def _nowhere(_line: bytes) -> None:
    return None


@dataclass(slots=True)
class Source:
    """One pipe: the tag on its lines and the file they go to."""

    fd: int
    tag: str
    file: str
    framer: Framer = field(default_factory=Framer)
    open: bool = True


class Reader:
    """Duties: take new pipes from the control socket, read all, hand on whole lines, leave when all have ended."""

    def __init__(
        self,
        control: socket.socket,
        disk: BoundedBuffer,
        echo: BoundedBuffer | None,
        tally: Tally,
        register: Callable[[bytes], None] = _nowhere,
    ) -> None:
        self._register = register
        self._last = LastLines()
        self._control: socket.socket | None = control
        self._disk = disk
        self._echo = echo
        self._tally = tally
        self._sources: dict[str, list[Source]] = {}
        self._selector = selectors.DefaultSelector()
        control.setblocking(False)  # noqa: FBT003  the argument has no name
        self._selector.register(control, selectors.EVENT_READ, None)

    def run(self) -> None:
        """Read until the control socket and every pipe are at their end."""
        while self._control is not None or self._sources:
            for key, _ in self._selector.select():
                if isinstance(key.data, Source):
                    self._read(key.data)
                else:
                    self._command()

    def _read(self, source: Source) -> bool:
        """Read once; False when there was nothing, or the pipe has ended."""
        if not source.open:
            return False  # emptied to its end earlier in this same turn
        try:
            data = os.read(source.fd, _READ_SIZE)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if data:
            self._pass_on(source, source.framer.feed(data))
            return True
        self._pass_on(source, source.framer.flush())
        self._close(source)
        return False

    def _pass_on(self, source: Source, lines: list[bytes]) -> None:
        if not lines:
            return
        self._last.heard(source.tag, lines)
        data = tagged(lines, source.tag, stamp())
        if not self._disk.put(source.file, data):
            self._tally.dropped(len(data))
        if self._echo is not None:
            self._echo.put(source.file, data)

    def _close(self, source: Source) -> None:
        source.open = False
        self._selector.unregister(source.fd)
        os.close(source.fd)
        remaining = [other for other in self._sources[source.tag] if other is not source]
        if remaining:
            self._sources[source.tag] = remaining
        else:
            del self._sources[source.tag]

    def _command(self) -> None:
        control = self._control
        if control is None:
            return
        try:
            data, fds, _ = receive(control, _READ_SIZE, 1)
        except BlockingIOError:
            return
        except OSError:
            data, fds = b"", []
        if not data:
            self._selector.unregister(control)
            control.close()
            self._control = None
            return
        with suppress(ValueError, KeyError, TypeError):
            self._obey(json.loads(data), fds)

    def _obey(self, message: dict[str, Any], fds: list[int]) -> None:
        if message["op"] == "pipe" and fds:
            source = Source(fds[0], message["tag"], message["file"])
            os.set_blocking(source.fd, False)
            self._sources.setdefault(source.tag, []).append(source)
            self._selector.register(source.fd, selectors.EVENT_READ, source)
        elif message["op"] == "flush":
            for source in self._sources.get(message["tag"], []).copy():
                self._empty(source)
        elif message["op"] == "death":
            self._certify(message["tag"], message["certificate"])

    def _certify(self, tag: str, certificate: dict[str, Any]) -> None:
        for source in self._sources.get(tag, []).copy():
            self._empty(source)
        written = {**certificate, "last_lines": self._last.take(tag)}
        self._register(json.dumps(written, separators=(",", ":")).encode() + b"\n")

    def _empty(self, source: Source) -> None:
        """Read what is there, then end the unfinished line: whoever wrote it is dead."""
        for _ in range(_TURNS):
            if not self._read(source):
                break
        self._pass_on(source, source.framer.flush())
