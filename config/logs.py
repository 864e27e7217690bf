"""The only logging set-up: one human line a record."""

import logging
import sys
import time
from typing import TextIO

_MARK = "_herdsman"
# A terminal must not obey what a job's name or a task's message contains; line ends and tabs are harmless.
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), 127) if chr(code) not in "\n\t"}


class LineFormatter(logging.Formatter):
    """`2026-01-31T12:00:00.123Z INFO    supervisor: pool default: 4 workers ready`."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, process_name: str) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(process_label)s: %(message)s")
        self._process_name = process_name

    def format(self, record: logging.LogRecord) -> str:
        """The line, or lines when an exception goes with it."""
        record.process_label = self._process_name
        return super().format(record).translate(_VISIBLE)


def set_up(process_name: str, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send all log records of this process to `stream` (None: the standard error of this moment).

    May be called again, by a forked child with a name of its own: it replaces what an earlier call set up.
    """
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(LineFormatter(process_name))
    setattr(handler, _MARK, True)
    root = logging.getLogger()
    for old in [old for old in root.handlers if getattr(old, _MARK, False)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
