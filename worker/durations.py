"""Durations as people who write tasks give them."""

import re
from datetime import timedelta

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class TaskError(Exception):
    """A task was declared wrongly: the message says which, where and what to write instead."""


def seconds(value: float | str | timedelta, where: str, least: float = 0.001) -> float:
    """A duration as people write it ("1h30m", "250ms", 5, 0.5, timedelta) in seconds.

    The same rules as the config file's; said again here because a task's module must not need the config.

    Raises:
        TaskError: it is no duration, or below ``least``.
    """
    found: float | None = None
    if isinstance(value, timedelta):
        found = value.total_seconds()
    elif isinstance(value, str):
        parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", value.strip())
        if parts and "".join(number + unit for number, unit in parts) == value.strip():
            found = sum(float(number) * _UNITS[unit] for number, unit in parts)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    if found is None or not least <= found < float("inf"):
        raise TaskError(f"{where}: {value!r} is no duration; write seconds, or text like '30s', '1h30m', '250ms'")
    return found
