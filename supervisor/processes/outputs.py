"""The pipes that carry everybody's output to the logger.

The supervisor holds both ends of each: the write end for the next process of that tag, the read end so that a
dead logger costs nobody a SIGPIPE and the next logger gets the same pipes, bytes and all. It never reads them.
"""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from supervisor.upgrading.handover import Handover

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Output:
    """One pipe: the tag on its lines (`default.3`), the file they go to (`default`), both ends, a worker's slot."""

    tag: str
    file: str
    read_end: int
    write_end: int
    slot: int = -1


class Outputs:
    """Duties: make a pipe a tag, keep it, announce it to the logger, close it when its owner is gone for good."""

    def __init__(self) -> None:
        self._pipes: dict[str, Output] = {}
        self.left: list[int] = []  # read ends whose writers we have closed
        self.announce: Callable[[Output], None] = lambda _output: None

    def pipe(self, tag: str, file: str, slot: int = -1) -> int:
        """Answer the write end for a tag; it stays ours to close. The slot tells the logger whose jobs run there."""
        found = self._pipes.get(tag)
        if found is None:
            read_end, write_end = os.pipe2(os.O_CLOEXEC)
            # Only our description of the read end; writers still wait when the pipe is full, as they should.
            os.set_blocking(read_end, False)
            found = self._pipes[tag] = Output(tag, file, read_end, write_end, slot)
            self.announce(found)
        return found.write_end

    def save(self, handover: Handover) -> list[list[Any]]:
        """Answer every pipe for the supervisor that follows in this process."""
        return [
            [one.tag, one.file, handover.keep(one.read_end), handover.keep(one.write_end), one.slot]
            for one in self._pipes.values()
        ]

    def restore(self, saved: list[list[Any]]) -> None:
        """Take the pipes over; the logger has their read ends already."""
        for tag, file, read_end, write_end, slot in saved:
            self._pipes[tag] = Output(tag, file, read_end, write_end, slot)

    def drop(self, tag: str) -> None:
        """Close both ends; the logger reads what is left up to the end of file."""
        output = self._pipes.pop(tag, None)
        if output is not None:
            os.close(output.write_end)
            os.close(output.read_end)

    def close_writers(self) -> None:
        """Close all at the end, so that the logger sees the ends of file and leaves. Read ends stay open."""
        for output in self._pipes.values():
            os.close(output.write_end)
        self.left += [output.read_end for output in self._pipes.values()]
        self._pipes.clear()

    def all(self) -> tuple[Output, ...]:
        """Answer every pipe."""
        return tuple(self._pipes.values())

    def __len__(self) -> int:
        return len(self._pipes)
