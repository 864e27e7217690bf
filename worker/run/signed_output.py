"""Standard output and error of a supervised worker: each line says which job wrote it, for the logger to take off.

    print("hello") in a job  ->  RS id SP type RS hello  ->  the logger's line, with the job beside it

Only the process itself knows: when the logger reads a line, the worker may be two jobs further, or run several.
What does not come through Python's sys.stdout and sys.stderr (C code, subprocesses) is not signed.
"""

import io
import sys
from typing import BinaryIO, cast

from worker.run.context import running

MARK = "\x1e"  # ASCII's record separator: nobody's text has it at the beginning of a line


class SignedStream(io.TextIOWrapper):
    """A text stream whose lines begin with the job that runs where they are written, where one does."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        """Write to the same file as `stream`, which stays open beside it."""
        buffer = cast("BinaryIO", stream.buffer)
        super().__init__(buffer, stream.encoding, stream.errors, write_through=True)
        self._below = stream  # its end would close the file that both share
        self._fresh = True  # the last line is complete

    def write(self, text: str) -> int:
        """Write, signed; answer the number of characters of `text`."""
        if not text:
            return 0
        found = running.get()
        fresh, self._fresh = self._fresh, text.endswith("\n")
        if found is None:
            return super().write(text)
        sign = f"{MARK}{found[0].id} {found[0].type}{MARK}"
        body = text.removesuffix("\n").replace("\n", "\n" + sign)
        super().write((sign if fresh else "") + body + ("\n" if self._fresh else ""))
        return len(text)


def sign_output() -> None:
    """Sign what this process and its forks write from now on. Before anybody keeps a stream: logging does."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is io.TextIOWrapper:  # something else is somebody's own doing
            setattr(sys, name, SignedStream(stream))
