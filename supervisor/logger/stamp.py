"""The time on a log line."""

import time


def stamp(now: float | None = None) -> str:
    """Answer UTC as `2026-01-31T12:00:00.123Z`; `now` in seconds since the epoch."""
    now = time.time() if now is None else now
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03d}Z"
