"""How much a queue, a tenant or a type may have: rates, jobs at once, jobs and bytes waiting."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from engine.durations import seconds

_RATE = re.compile(r"(\d{1,9})\s*/\s*(\d+(?:\.\d+)?)?\s*(ms|s|m|h|d)")
MOST_IN_WINDOW = 10_000  # starts kept in the log of a sliding window


class Rate(msgspec.Struct, frozen=True):
    """So many starts in so many seconds.

    Attributes:
        burst: None: a sliding window, in which never more than `count` start within `period`. A number: evenly spaced
            starts (GCRA), of which so many may come at once after a pause.
    """

    count: int
    period: float
    burst: int | None = None

    def sent(self) -> dict[str, int]:
        """As the scripts read it."""
        said = {"n": self.count, "ms": max(1, round(self.period * 1000))}
        return said if self.burst is None else {**said, "burst": self.burst}


def rate(said: str | Mapping[str, Any] | Rate) -> Rate:
    """A rate from "100/m", "5/10s", or {"rate": "100/m", "burst": 10}.

    Raises:
        ValueError: it is none.
    """
    if isinstance(said, Rate):
        return _checked(said)
    burst = None
    text = said
    if isinstance(said, Mapping):
        unknown = set(said) - {"rate", "burst"}
        if unknown or "rate" not in said:
            raise ValueError(f"a rate is \"100/m\" or {{'rate': '100/m', 'burst': 10}}, not {dict(said)!r}")
        text, burst = said["rate"], said.get("burst")
    match = _RATE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'a rate is a number and a time, like "100/m" or "5/10s", not {text!r}')
    count, number, unit = match.groups()
    return _checked(Rate(int(count), seconds(f"{number or 1}{unit}"), burst))


def _checked(found: Rate) -> Rate:
    if found.count < 1 or found.period <= 0:
        raise ValueError(f"a rate allows at least one in some time, not {found.count} in {found.period:g} s")
    if found.burst is None and found.count > MOST_IN_WINDOW:
        raise ValueError(
            f"a sliding window keeps a log of its starts, {MOST_IN_WINDOW} at most: "
            f"for {found.count} say {{'rate': …, 'burst': …}}"
        )
    if found.burst is not None and (isinstance(found.burst, bool) or not 1 <= found.burst <= 1_000_000):  # noqa: PLR2004 - any
        raise ValueError(f"burst is 1 to 1000000, not {found.burst!r}")
    return found


def limits(rate_limit: str | Mapping[str, Any] | Rate | None, concurrency_limit: int | None) -> dict[str, Any]:
    """Both limits as the store reads them; {} when there is none.

    Raises:
        ValueError: one of them makes no sense.
    """
    said: dict[str, Any] = {}
    if rate_limit is not None:
        said["rate"] = rate(rate_limit).sent()
    if concurrency_limit is not None:
        if isinstance(concurrency_limit, bool) or not isinstance(concurrency_limit, int) or concurrency_limit < 1:
            raise ValueError(f"concurrency_limit is 1 or more, not {concurrency_limit!r}")
        said["concurrency"] = concurrency_limit
    return said


class QueueLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue takes, and each tenant in it; 0 or None = no limit. Sizes in bytes of the store's memory."""

    max_pending: int = 0
    max_bytes: int = 0
    tenant_max_pending: int = 0
    tenant_max_bytes: int = 0
    tenant_rate: Rate | None = None
    tenant_concurrency: int | None = None

    def room(self) -> str:
        """What may wait, as the scripts read it."""
        return f"{self.max_pending} {self.max_bytes} {self.tenant_max_pending} {self.tenant_max_bytes}"

    def tenantry(self) -> str:
        """What each tenant may start, as the scripts read it; "" = as much as there is."""
        said = limits(self.tenant_rate, self.tenant_concurrency)
        return json.dumps(said, sort_keys=True) if said else ""
