"""Which kinds of failure a worker has met: a small ring in its record, written only when a job fails.

Writer: the worker; readers: the supervisor, which compares the kinds of two generations.
"""

from typing import Final
from zlib import crc32

from scoreboard.fields import pack_text, unpack_text
from scoreboard.layout import KIND_WORDS, KINDS_KEPT, WORD, Worker

_HASH, _COUNT, _TEXT = 0, 1, 2
_TEXT_BYTES: Final = (KIND_WORDS - _TEXT) * WORD


class KindsTable:
    """Rows of (hash, count, text); the oldest kind makes room when all rows are taken."""

    __slots__ = ("_rows", "_words")

    def __init__(self, words: memoryview) -> None:
        self._words = words  # of the whole record
        self._rows: dict[str, int] = {}

    def clear(self) -> None:
        """Forget all kinds."""
        self._rows.clear()
        self._words[Worker.KINDS_USED] = 0

    def note(self, kind: str) -> None:
        """Count one failure of a kind, `send-mail: ValueError`; 112 bytes of it are shown."""
        row = self._rows.get(kind)
        if row is None:
            row = self._take(kind)
        self._words[row + _COUNT] += 1

    def read(self) -> dict[str, int]:
        """Read how often each kind was met; from any process. A row that is being written may be missing."""
        found: dict[str, int] = {}
        for number in range(min(self._words[Worker.KINDS_USED], KINDS_KEPT)):
            row = Worker.KINDS + number * KIND_WORDS
            count = self._words[row + _COUNT]
            text = unpack_text(self._words[row + _TEXT : row + KIND_WORDS].tobytes())
            if count and crc32(text.encode()) == self._words[row + _HASH]:
                found[text] = count
        return found

    def _take(self, kind: str) -> int:
        used = self._words[Worker.KINDS_USED]
        row = int(Worker.KINDS) + used % KINDS_KEPT * KIND_WORDS
        self._rows = {known: at for known, at in self._rows.items() if at != row}
        text = pack_text(kind, _TEXT_BYTES)
        self._words[row + _COUNT] = 0
        self._words[row + _TEXT : row + KIND_WORDS].cast("B")[:] = text
        self._words[row + _HASH] = crc32(unpack_text(text).encode())
        self._words[Worker.KINDS_USED] = used + 1
        self._rows[kind] = row
        return row
