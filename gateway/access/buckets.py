"""Token buckets: how many requests, and how many wrong logins, in a time. In memory, of bounded size."""

import re
from collections import OrderedDict
from typing import NamedTuple

from config import units

_RATE = re.compile(r"(\d{1,9})/(\d{0,6})(ms|s|m|h|d)", re.ASCII)


class Rate(NamedTuple):
    """So many at once, and so many a second after that."""

    most: float
    per_second: float


def rate(text: str) -> Rate:
    """`100/s`, `5/10s` as a rate.

    Raises:
        ValueError: it is not of that form.
    """
    match = _RATE.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a number and a time, like 100/m or 5/10s, got {units.shown(text)}")
    most = float(match[1])
    return Rate(most, most / units.duration((match[2] or "1") + match[3]))


class Buckets:
    """A bucket for each name; the one that was not asked for longest goes when there are too many.

    Args:
        names: how many are kept.
    """

    def __init__(self, names: int = 1000) -> None:
        self._names = names
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def wait(self, name: str, limit: Rate, now: float, *, take: bool = True) -> float:
        """Takes one out of the bucket of that name, unless it is empty.

        Args:
            now: monotonic seconds.
            take: False only looks.

        Returns:
            0.0: there was one. Else the seconds until there is.
        """
        left, at = self._left.pop(name, (limit.most, now))
        left = min(limit.most, left + max(0.0, now - at) * limit.per_second)
        has_one = left >= 1.0 - 1e-9  # what a float forgets must not cost a caller who waited as told
        self._left[name] = (left - 1.0 if has_one and take else left, now)
        if len(self._left) > self._names:
            self._left.popitem(last=False)
        return 0.0 if has_one else (1.0 - left) / limit.per_second
