"""What the logger says of itself, in totals since it started. Writer: the logger process."""

from scoreboard.fields import Number, Record
from scoreboard.layout import Logger


class LoggerRecord(Record):
    """Bytes written to files, bytes dropped because they came too fast, lines written."""

    __slots__ = ()

    written_bytes = Number(Logger.WRITTEN_BYTES)
    dropped_bytes = Number(Logger.DROPPED_BYTES)
    lines = Number(Logger.LINES)

    def add(self, written: int = 0, dropped: int = 0, lines: int = 0) -> None:
        """Add to the totals."""
        if written:
            self.written_bytes += written
        if dropped:
            self.dropped_bytes += dropped
        if lines:
            self.lines += lines
