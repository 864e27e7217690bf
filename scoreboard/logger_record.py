"""What the logger says of itself, in totals since it started. Writer: the logger process."""

from scoreboard.fields import Number, Record
from scoreboard.layout import Logger


class LoggerRecord(Record):
    """Bytes written to files, bytes dropped, lines written; bytes taken from pipes, written, dropped or still in hand.

    `beat_ns` is the monotonic time at which its reading loop last turned, 0 before it first did.
    """

    __slots__ = ()

    written_bytes = Number(Logger.WRITTEN_BYTES)
    dropped_bytes = Number(Logger.DROPPED_BYTES)
    lines = Number(Logger.LINES)
    beat_ns = Number(Logger.BEAT_NS)
    taken_bytes = Number(Logger.TAKEN_BYTES)

    def add(self, written: int = 0, dropped: int = 0, lines: int = 0, taken: int = 0) -> None:
        """Add to the totals."""
        if taken:
            self.taken_bytes += taken
        if written:
            self.written_bytes += written
        if dropped:
            self.dropped_bytes += dropped
        if lines:
            self.lines += lines
