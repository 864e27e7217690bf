"""Durations as people who write tasks give them."""

import contextlib
from datetime import timedelta

from engine import durations


class TaskError(Exception):
    """A task was declared wrongly: the message says which, where and what to write instead."""


def seconds(value: float | str | timedelta, where: str, least: float = 0.001) -> float:
    """A duration as people write it ("1h30m", "250ms", 5, 0.5, timedelta) in seconds.

    Raises:
        TaskError: it is no duration, or below ``least``.
    """
    found: float | None = None
    if isinstance(value, str | int | float | timedelta) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):
            found = durations.seconds(value)
    if found is None or not least <= found < float("inf"):
        raise TaskError(f"{where}: {value!r} is no duration; write seconds, or text like '30s', '1h30m', '250ms'")
    return found
