"""Times as callers give them: `10`, `0.5`, `"10s"`, `"1h30m"`, timedelta, datetime. (config/units.py reads the same
notation for the file; leaves do not import one another.)
"""

import re
from datetime import datetime, timedelta

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def seconds(value: float | str | timedelta) -> float:
    """Seconds in a duration.

    Raises:
        ValueError: it is negative, or not written like `30s`, `1h30m` or `250ms`.
    """
    if isinstance(value, timedelta):
        result = value.total_seconds()
    elif isinstance(value, str):
        text = value.strip()
        parts = _PART.findall(text)
        if not parts or "".join(number + unit for number, unit in parts) != text:
            raise ValueError(f"{value!r} is no duration: write it like 30s, 1h30m or 250ms")
        result = sum(float(number) * _UNITS[unit] for number, unit in parts)
    else:
        result = float(value)
    if not 0 <= result < float("inf"):
        raise ValueError(f"a duration cannot be {value!r}: it must be zero or more, and finite")
    return result


def expiry(
    start_before: float | str | timedelta | datetime | None, delay: float | str | timedelta | None
) -> tuple[float | None, float | None]:
    """(seconds after the enqueueing, epoch seconds), one of them or neither: by when a job must have started.

    Raises:
        ValueError: it is no time, or the job would have expired before it is due.
    """
    if start_before is None:
        return None, None
    if isinstance(start_before, datetime):
        return None, _epoch(start_before, "start_before")
    after = seconds(start_before)
    if delay is not None and seconds(delay) >= after:
        raise ValueError(f"the job is due after {delay!r} and must start before {start_before!r}: it never could")
    return after, None


def _epoch(moment: datetime, what: str) -> float:
    if moment.tzinfo is None:
        raise ValueError(f"{what} must know its time zone: datetime.now(tz=UTC) does, datetime.now() does not")
    return moment.timestamp()


def when(delay: float | str | timedelta | None, run_at: float | datetime | None) -> str:
    """How enqueue.lua is told a time: '' now, '+MS' from now by the store's clock, '@MS' since the epoch.

    Raises:
        ValueError: both were given, or one of them is no time; a datetime must know its time zone.
    """
    if delay is not None and run_at is not None:
        raise ValueError("give delay or run_at, not both")
    if delay is not None:
        ms = round(seconds(delay) * 1000)
        return f"+{ms}" if ms else ""
    if run_at is None:
        return ""
    if isinstance(run_at, datetime):
        run_at = _epoch(run_at, "run_at")
    if not 0 <= run_at < 1e11:  # noqa: PLR2004 - the year 5138, far below what a double holds exactly in ms
        raise ValueError(f"run_at is seconds since the epoch, not {run_at!r}")
    return f"@{round(run_at * 1000)}"
