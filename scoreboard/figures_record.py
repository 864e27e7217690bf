"""A pool's queue figures (depths, oldest ages) as JSON: the supervisor learns them without a Redis client.

Writer: that pool's keeper. A sequence number is odd while the text changes, and a checksum goes with it, so a
reader never takes a mixture for the truth.
"""

import json
import time
from typing import Any, Final
from zlib import crc32

from scoreboard.fields import Number, Record
from scoreboard.layout import FIGURES_BYTES, PAGE, WORD, Figures

_TRIES: Final = 20
_PAUSE_S: Final = 0.000_1


class FiguresRecord(Record):
    """One JSON value of at most 64 KiB."""

    __slots__ = ("_text",)

    written_ns = Number(Figures.WRITTEN_NS)

    def __init__(self, words: memoryview) -> None:
        """Look at a record; `words` are its own, text included."""
        super().__init__(words)
        self._text = words[PAGE // WORD :].cast("B")

    def publish(self, value: Any, now_ns: int | None = None) -> None:
        """Replace the figures; `now_ns` is monotonic, None reads the clock.

        Raises:
            ValueError: the value is longer than 64 KiB as JSON; what was there stays.
            TypeError: the value cannot be written as JSON; what was there stays.
        """
        raw = json.dumps(value, separators=(",", ":")).encode()
        if len(raw) > FIGURES_BYTES:
            raise ValueError(f"figures of {len(raw)} bytes: at most {FIGURES_BYTES} fit, leave some queues out")
        words = self._words
        sequence = words[Figures.SEQUENCE] | 1  # the last keeper may have died while writing
        words[Figures.SEQUENCE] = sequence
        self._text[: len(raw)] = raw
        words[Figures.LENGTH] = len(raw)
        words[Figures.CHECKSUM] = crc32(raw)
        self.written_ns = time.monotonic_ns() if now_ns is None else now_ns
        words[Figures.SEQUENCE] = sequence + 1

    def read(self) -> Any:
        """Give the last figures; None when there are none or no whole copy could be had."""
        for turn in range(_TRIES):
            if turn:
                time.sleep(_PAUSE_S)
            raw = self._copy()
            if raw is not None:
                break
        try:
            return json.loads(raw) if raw else None
        except (ValueError, RecursionError):  # not what publish() wrote; a reader reports nothing rather than fails
            return None

    def _copy(self) -> bytes | None:
        words = self._words
        before = words[Figures.SEQUENCE]
        if before & 1:
            return None
        raw = self._text[: min(words[Figures.LENGTH], FIGURES_BYTES)].tobytes()
        whole = words[Figures.CHECKSUM] == crc32(raw) and words[Figures.SEQUENCE] == before
        return raw if whole else None
