"""A command on a terminal of its own, as a person has it: what it writes there, and the keys that it gets."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from select import select
from types import TracebackType
from typing import Self

from tests.support.architecture import ROOT
from tests.support.processes import eventually


class Terminal:
    """Standard input, output and error of a command are one terminal; ``seen`` is all that was written to it."""

    def __init__(
        self, command: Sequence[str], *, columns: int = 80, lines: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        self.seen = ""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**plain, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **(env or {})},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  or Ctrl-C would reach nobody
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(5)
        os.close(self._ours)

    def until(self, text: str, within: float = 15.0) -> str:
        """Wait until it has written that; answers all that it has written."""
        eventually(lambda: text in self._read(), within, lambda: f"{text!r} in {self.seen!r}")
        return self.seen

    def press(self, keys: str) -> None:
        """Type; ``\\x03`` is Ctrl-C."""
        os.write(self._ours, keys.encode())

    def ended(self, within: float = 15.0) -> int:
        """Wait for its end; answers its exit status, all it wrote is in ``seen`` then."""
        eventually(lambda: self._read() is not None and self._process.poll() is not None, within, lambda: self.seen)
        self._read()
        return self._process.returncode

    def _read(self) -> str:
        while select([self._ours], [], [], 0)[0]:
            try:
                data = os.read(self._ours, 65_536)
            except OSError:  # EIO: nobody has the other end any more
                break
            if not data:
                break
            self.seen += data.decode(errors="replace")
        return self.seen
