"""Durations and sizes as people write them."""

import math
import re

_NUMBER = r"(\d{1,15}(?:\.\d{1,9})?)"
# Each unit at most once and in falling order, so that "1h1h" or "5s2m" (surely slips) are refused.
_DURATION = re.compile(r"\s*".join(f"(?:{_NUMBER}\\s*{unit})?" for unit in ("d", "h", "m", "s", "ms")), re.ASCII)
_SECONDS = (86400.0, 3600.0, 60.0, 1.0, 0.001)
_SIZE = re.compile(rf"{_NUMBER}\s*([KMGT]?)(?:I?B)?", re.ASCII | re.IGNORECASE)
_BYTES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_BARE = re.compile(_NUMBER, re.ASCII)
_SHOWN = 57

LONGEST = 10 * 365 * 86400.0
"""The longest duration accepted, seconds: more is a slip, and overflows the timers of some systems."""
LARGEST = 1 << 50
"""The largest size accepted, bytes."""


def duration(value: object) -> float:
    """Seconds from `"30s"`, `"1h30m"`, `"250ms"`, `"2d"`, or from a bare number of seconds.

    Raises:
        ValueError: it is not a duration, is negative, or is longer than `LONGEST`.
    """
    seconds = _seconds(value)
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"expected a duration like 250ms, 30s, 5m, 1h30m, 2d or seconds, got {shown(value)}")
    if seconds > LONGEST:
        raise ValueError(f"{shown(value)} is too long: at most 3650d")
    return seconds


def size(value: object) -> int:
    """Bytes from `"300M"`, `"1.5G"`, `"64KiB"`, or from a bare number; K, M, G, T are powers of 1024.

    Raises:
        ValueError: it is not a size, is negative, or is larger than `LARGEST`.
    """
    result: int | None = None
    if isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
        result = int(float(match[1]) * _BYTES[match[2].upper()])
    elif isinstance(value, int) and not isinstance(value, bool):
        result = value
    if result is None or result < 0:
        raise ValueError(f"expected a size like 64K, 300M, 1.5G or bytes, got {shown(value)}")
    if result > LARGEST:
        raise ValueError(f"{shown(value)} is too large: at most 1024T")
    return result


def shown(value: object) -> str:
    """A value as an error message names it: text quoted and cut short, anything else by its kind."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case str() if len(value) > _SHOWN:
            return repr(value[:_SHOWN] + "...")
        case _:
            return repr(value)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        # Compared first: an integer beyond a float's range must be refused like any other.
        return float(value) if abs(value) <= LONGEST else (2 * LONGEST if value > 0 else None)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _BARE.fullmatch(text):
        return float(text)
    match = _DURATION.fullmatch(text)
    if match is None or not text:
        return None
    return math.fsum(
        float(part) * unit for part, unit in zip(match.groups(), _SECONDS, strict=True) if part is not None
    )
