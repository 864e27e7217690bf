"""Typed views of single words: a record's table of fields reads like its layout.

A store of one aligned word is atomic for every reader. Reading never raises: a number that no enum member has
reads as the member with the value 0.
"""

from enum import IntEnum
from typing import Generic, Self, TypeVar, overload

Member = TypeVar("Member", bound=IntEnum)


class Record:
    """A run of words of the board; the base of the small records."""

    __slots__ = ("_words",)

    def __init__(self, words: memoryview) -> None:
        self._words = words


def member(kind: type[Member], number: int) -> Member:
    """Find the member with this number, or the one with 0 when no member has it."""
    try:
        return kind(number)
    except ValueError:
        return kind(0)


class Number:
    """A word that holds an unsigned 64-bit number."""

    def __init__(self, offset: int) -> None:
        self._offset = int(offset)

    @overload
    def __get__(self, record: None, owner: type) -> Self: ...
    @overload
    def __get__(self, record: Record, owner: type) -> int: ...
    def __get__(self, record: Record | None, owner: type) -> int | Self:
        if record is None:
            return self
        value: int = record._words[self._offset]  # noqa: SLF001 - the descriptor is part of the record
        return value

    def __set__(self, record: Record, value: int) -> None:
        record._words[self._offset] = value  # noqa: SLF001 - the descriptor is part of the record


class Choice(Generic[Member]):
    """A word that holds the number of an enum member."""

    def __init__(self, offset: int, kind: type[Member]) -> None:
        self._offset = int(offset)
        self._kind = kind

    @overload
    def __get__(self, record: None, owner: type) -> Self: ...
    @overload
    def __get__(self, record: Record, owner: type) -> Member: ...
    def __get__(self, record: Record | None, owner: type) -> Member | Self:
        if record is None:
            return self
        return member(self._kind, record._words[self._offset])  # noqa: SLF001 - as above

    def __set__(self, record: Record, value: Member) -> None:
        record._words[self._offset] = int(value)  # noqa: SLF001 - as above


def pack_text(text: str, size: int) -> bytes:
    """Encode as UTF-8, cut at a character's edge, pad with NUL to exactly `size` bytes."""
    raw = text.encode("utf-8", "replace")
    if len(raw) > size:
        raw = raw[:size].decode("utf-8", "ignore").encode()
    return raw.ljust(size, b"\0")


def unpack_text(raw: bytes) -> str:
    """Decode up to the first NUL; bytes that are no UTF-8 read as replacement characters."""
    return raw.partition(b"\0")[0].decode("utf-8", "replace")
