"""One short line of text that shows what a payload begins with, without building the value or needing all its bytes."""

import struct
import zlib
from collections.abc import Iterator

from engine.payloads.envelope import COMPRESSED, EXTENSIONS

GLIMPSED = 1024
"""Bytes of a payload that are looked at."""

LONGEST = 256
"""Characters of a glimpse."""

_DEEPEST = 8
_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_WORDS = {0xC0: "null", 0xC2: "false", 0xC3: "true"}
_TEXTS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_BYTES = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_FIXED_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_ENCRYPTED = 101


class _Over(Exception):
    """There are no more bytes, or what follows is no payload of ours."""


def glimpse(data: bytes | None) -> str | None:
    """What JSON would begin with, cut to 256 characters; an encrypted value is named, what is no payload shown as text.

    Never raises, whatever the bytes are; they may end anywhere.
    """
    if not data:
        return None
    walk = _Walk(data[:GLIMPSED])
    found: list[str] = []
    size = 0
    try:
        for part in walk.value(_DEEPEST):
            found.append(part)
            size += len(part)
            if size > LONGEST:
                break
    except _Over:
        found.append("…")
    return "".join(found)[:LONGEST] or data[:LONGEST].decode("utf-8", "backslashreplace")[:LONGEST]


class _Walk:
    """Goes through msgpack from its beginning, saying each part as it comes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self, deepest: int) -> Iterator[str]:
        """The parts of the value that begins here."""
        head = self._take(1)[0]
        if head < 0x80 or head >= 0xE0:  # noqa: PLR2004 - msgpack's small numbers
            yield str(head if head < 0x80 else head - 256)  # noqa: PLR2004
        elif head in _WORDS:
            yield _WORDS[head]
        elif head in _NUMBERS:
            form = _NUMBERS[head]
            yield str(struct.unpack(form, self._take(struct.calcsize(form)))[0])
        elif 0xA0 <= head <= 0xBF or head in _TEXTS:  # noqa: PLR2004
            yield from self._text(head & 0x1F if head <= 0xBF else self._length(_TEXTS[head]))  # noqa: PLR2004
        elif head in _BYTES:
            size = self._length(_BYTES[head])
            self._skip(size)
            yield f"<{size} bytes>"
        elif head in EXTENSIONS:
            yield from self._extension(head, deepest)
        else:
            yield from self._many(head, deepest)

    def _many(self, head: int, deepest: int) -> Iterator[str]:
        is_map = 0x80 <= head <= 0x8F or head in (0xDE, 0xDF)  # noqa: PLR2004
        if head <= 0x9F:  # noqa: PLR2004
            count = head & 0x0F
        elif head in (0xDC, 0xDE):
            count = self._length(2)
        elif head in (0xDD, 0xDF):
            count = self._length(4)
        else:
            raise _Over
        if not deepest:
            raise _Over
        yield "{" if is_map else "["
        for number in range(count):
            yield ", " if number else ""
            yield from self.value(deepest - 1)
            if is_map:
                yield ": "
                yield from self.value(deepest - 1)
        yield "}" if is_map else "]"

    def _text(self, size: int) -> Iterator[str]:
        there = self._data[self._at : self._at + size]
        self._at += size
        yield '"' + there.decode("utf-8", "replace").replace('"', '\\"')[:LONGEST]
        if len(there) < size:
            raise _Over
        yield '"'

    def _extension(self, head: int, deepest: int) -> Iterator[str]:
        size = _FIXED_EXTENSIONS[head] if head in _FIXED_EXTENSIONS else self._length(_EXTENSIONS[head])
        code = self._take(1)[0]
        body = self._data[self._at : self._at + size]
        self._skip(size)
        if code == COMPRESSED and deepest == _DEEPEST:
            yield from _Walk(_inflated(body)).value(deepest - 1)
        elif code == _ENCRYPTED and body:
            yield f"<encrypted, key id {body[1 : 1 + body[0]].decode('ascii', 'replace')}>"
        else:
            yield f"<extension {code - 256 if code > 127 else code}>"  # noqa: PLR2004

    def _length(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _skip(self, size: int) -> None:
        self._at += size

    def _take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise _Over
        self._at += size
        return found


def _inflated(body: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, GLIMPSED)
    except zlib.error:
        raise _Over from None
