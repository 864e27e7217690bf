"""Whether the logger still empties the pipes, and what to do when nobody does: a full pipe holds its writer up.

beat seen ── 1.5 s without ──> STUCK: kill it, the next one reads on ── 5 s without any ──> LOST: throw away, count
"""

import array
import fcntl
import os
import termios
from collections.abc import Iterable
from contextlib import suppress
from enum import Enum, auto

from scoreboard import LoggerRecord

_LOOK_S = 1.0
_LOOK_AGAIN_S = 0.5  # once a look has seen no beat
DISCARD_S = 0.05
_STUCK_S = 1.5  # six beats
_LOST_S = 5.0  # also what a new one has for its first beat
_PIPE = 1 << 20  # bytes a pipe may hold


class Verdict(Enum):
    """What is to be done."""

    WELL = auto()
    STUCK = auto()
    LOST = auto()


class Watch:
    """Judges the beat of the logger's reading loop. Time in which we did not look ourselves does not count."""

    def __init__(self, record: LoggerRecord) -> None:
        self._record = record
        self._beat = record.beat_ns
        self._pid: int | None = None
        self._proved = False  # this process has beaten
        self._looked = 0.0
        self._silent = 0.0  # seconds since anybody beat

    def look(self, pid: int | None, now: float) -> Verdict:
        """Judge; `pid` is that of the logger's live process, `now` is monotonic."""
        # We may have been stopped ourselves, together with it: it gets its time again.
        self._silent += min(now - self._looked, _LOOK_S) if self._looked else 0.0
        self._looked = now
        beat = self._record.beat_ns
        if pid != self._pid:
            self._pid, self._proved, self._beat = pid, False, beat
        elif beat != self._beat:
            self._beat, self._proved, self._silent = beat, True, 0.0
        if self._silent >= _LOST_S:
            return Verdict.LOST
        if pid is None or not self._proved or self._silent < _STUCK_S:
            return Verdict.WELL
        self._proved = False  # said once of each process
        return Verdict.STUCK

    @property
    def pause(self) -> float:
        """Seconds until the next look."""
        return _LOOK_AGAIN_S if self._silent else _LOOK_S


class Sink:
    """Takes from pipes what no logger reads and throws it away, uncopied. `discarded` counts bytes."""

    def __init__(self) -> None:
        self.discarded = 0
        self._null = -1

    def empty(self, pipes: Iterable[int]) -> None:
        """Take from each pipe (non-blocking read ends) that is at least half full what it holds.

        A pipe with room holds nobody up, and the next logger may still come for what is in it.
        """
        if self._null < 0:
            self._null = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        for pipe in pipes:
            with suppress(OSError):
                if 2 * _filled(pipe) >= fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ):
                    self.discarded += os.splice(pipe, self._null, _PIPE, flags=os.SPLICE_F_NONBLOCK)


def _filled(pipe: int) -> int:
    """Answer how many bytes a pipe holds."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]
