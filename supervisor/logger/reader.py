"""The loop that empties the pipes. It touches neither disk nor terminal, so nobody waits for either."""

import json
import os
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from supervisor.logger.last_lines import LastLines
from supervisor.logger.lines import Framer
from supervisor.logger.lookout import Lookout
from supervisor.logger.origin import Origins
from supervisor.logger.outlets import Outlets
from supervisor.logger.signed import signed
from supervisor.processes.packets import receive

_READ_SIZE = 64 * 1024
_BEAT_S = 0.25  # how often it shows that it lives when there is nothing to read
_TURNS = 16  # reads a pipe may have in a row when it is to be emptied


def _nowhere(_line: bytes) -> None:
    return None


@dataclass(slots=True)
class Source:
    """One pipe: the tag on its lines, the file they go to, and the worker's slot (-1: it is no worker's)."""

    fd: int
    tag: str
    file: str
    slot: int = -1
    framer: Framer = field(default_factory=Framer)
    open: bool = True


class Reader:
    """Duties: take new pipes from the control socket, read all, hand on whole lines, leave when all have ended."""

    def __init__(
        self,
        control: socket.socket,
        outlets: Outlets,
        origins: Origins,
        register: Callable[[bytes], None] = _nowhere,
    ) -> None:
        self._register = register
        self._last = LastLines()
        self._control: socket.socket | None = control
        self._outlets = outlets
        self._origins = origins
        self._leaving = False
        self._lookout = Lookout(control)
        self._hearing = False
        self._sources: dict[str, list[Source]] = {}
        self._selector = selectors.DefaultSelector()
        control.setblocking(False)  # noqa: FBT003  the argument has no name
        self._selector.register(control, selectors.EVENT_READ, None)

    def run(self) -> None:
        """Read until the control socket and every pipe are at their end, or a successor is to take over."""
        while (self._control is not None or self._sources) and not self._leaving:
            self._outlets.tally.beat()
            for key, _ in self._selector.select(_BEAT_S):
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
            lines = source.framer.feed(data)
            self._pass_on(source, lines)
            if source.tag in self._lookout:
                # What to look for was sent before the process began to write: hear of it before looking.
                self._hear()
                self._lookout.over(source.tag, lines)
            return True
        self._pass_on(source, source.framer.flush())
        self._close(source)
        return False

    def _pass_on(self, source: Source, lines: list[bytes]) -> None:
        if lines:
            origin = self._origins.find(source.file, source.tag, source.slot)
            for signer, part in signed(lines) if source.slot >= 0 else ((None, lines),):
                self._last.heard(source.tag, part)
                self._outlets.put(part, origin if signer is None else origin.of(*signer))

    def _close(self, source: Source) -> None:
        source.open = False
        self._selector.unregister(source.fd)
        os.close(source.fd)
        remaining = [other for other in self._sources[source.tag] if other is not source]
        if remaining:
            self._sources[source.tag] = remaining
        else:
            del self._sources[source.tag]

    def _hear(self) -> None:
        """Obey all commands that are there, unless that is being done already."""
        if not self._hearing:
            self._hearing = True
            while self._command():
                pass
            self._hearing = False

    def _command(self) -> bool:
        """Obey one command; False when there is none."""
        control = self._control
        if control is None:
            return False
        try:
            data, fds, _ = receive(control, _READ_SIZE, 1)
        except BlockingIOError:
            return False
        except OSError:
            data, fds = b"", []
        if not data:
            self._selector.unregister(control)
            control.close()
            self._control = None
            return False
        with suppress(ValueError, KeyError, TypeError):
            self._obey(json.loads(data), fds)
        return True

    def _obey(self, message: dict[str, Any], fds: list[int]) -> None:
        if message["op"] == "pipe" and fds:
            source = Source(fds[0], message["tag"], message["file"], message.get("slot", -1))
            os.set_blocking(source.fd, False)
            self._sources.setdefault(source.tag, []).append(source)
            self._selector.register(source.fd, selectors.EVENT_READ, source)
        elif message["op"] == "look":
            self._lookout.look(message["tag"], message["pattern"])
        elif message["op"] == "flush":
            for source in self._sources.get(message["tag"], []).copy():
                self._empty(source)
        elif message["op"] == "leave":
            # The supervisor holds the pipes: what is not read yet is the successor's. Half a line cannot wait for it.
            self._leaving = True
            for source in [source for sources in self._sources.values() for source in sources]:
                self._pass_on(source, source.framer.flush())
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
