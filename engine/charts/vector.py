"""Counts by number as bytes, as part vector of the scripts says them; and histograms: their buckets, and percentiles of
them. Pure.

Numbers are gaps, counts are varints, what is 0 is left out: a minute of a busy series has about 50 bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Final

Counts = dict[int, int]

BOUNDS: Final = (*(round(100_000 * 2 ** (step / 2)) / 1e9 for step in range(59)), inf)
"""Upper bounds in seconds of a histogram's 60 buckets, each in its own bucket; those of the scoreboard's FINE_NS."""

LARGEST: Final = 200
"""Of numbers above this one the larger count stays when two are added up: they are maxima."""

_MORE: Final = 0x80


def pack(counts: Mapping[int, int]) -> bytes:
    """The bytes of counts; numbers from 1, counts below 2^53; those of 0 are left out."""
    out, last = bytearray(), 0
    for number in sorted(counts):
        count = counts[number]
        if count <= 0:
            continue
        for value in (number - last, count):
            while value >= _MORE:
                out.append(value & 0x7F | _MORE)
                value >>= 7  # noqa: PLW2901 - byte by byte
            out.append(value)
        last = number
    return bytes(out)


def unpack(data: bytes, upto: int = 255) -> Counts:
    """The counts in those bytes, of numbers up to `upto`; bytes that end in the middle are read as far as they go."""
    found: Counts = {}
    number = value = shift = 0
    is_count = False
    for byte in data:
        if byte & _MORE:
            value |= (byte & 0x7F) << shift
            shift += 7
            continue
        value |= byte << shift
        if is_count:
            found[number] = value
        else:
            number += value
            if number > upto:
                break
        is_count = not is_count
        value = shift = 0
    return found


def grow(counts: Counts, more: Mapping[int, int]) -> Counts:
    """Add `more` to `counts`, which are returned; of maxima the larger stays."""
    for number, count in more.items():
        had = counts.get(number, 0)
        counts[number] = max(had, count) if number > LARGEST else had + count
    return counts


def spans(text: bytes) -> Iterable[tuple[int, bytes]]:
    """(span, its counts as bytes) of a string of entries, the last first; see part series of the scripts."""
    upto = len(text)
    while upto >= 3:  # noqa: PLR2004 - what an entry ends with
        size = text[upto - 3] << 8 | text[upto - 2]
        begin = upto - 3 - size
        if begin < 0:
            return
        yield text[upto - 1], text[begin : upto - 3]
        upto = begin


def percentile(buckets: Sequence[int], share: float) -> float | None:
    """The value in seconds below which that share (0 to 1) of a histogram lies; None when it is empty.

    Between the bounds of its bucket the value goes by their ratio, for so durations are spread. It is off by 41 % at
    most, usually by 3 % to 7 %. Below the first bound it goes by their difference, above the last there is only that.
    """
    total = sum(buckets)
    if not total:
        return None
    rank, below = share * total, 0
    for place, count in enumerate(buckets):
        if count and below + count >= rank:
            upper, part = BOUNDS[place], max(0.0, (rank - below) / count)
            if place == 0:
                return upper * part
            lower = BOUNDS[place - 1]
            return lower if upper == inf else float(lower * (upper / lower) ** part)
        below += count
    return BOUNDS[-2]  # pragma: no cover - rank is never above the total
