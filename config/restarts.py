"""How patient the supervisor is with a program that ends too early."""

import math
from collections.abc import Iterator

from pydantic import Field

from config import fields as f
from config.section import Section


class RestartBackoff(Section):
    """The delay before a start: at once after the first crash, then base, base * factor, … up to max."""

    base: f.Duration = Field(0.25, description="Before the second start in a row")
    factor: f.Number = Field(2.0, ge=1.0, le=100.0, description="Each delay is so many times the last")
    max: f.Duration = Field(30.0, description="No delay is longer")
    jitter: f.Number = Field(0.1, ge=0.0, le=1.0, description="Part of a delay that chance may add or take away")


def soonest(crashes: int, backoff: RestartBackoff, delay: float) -> float:
    """Answer how soon so many crashes in a row can have happened, in seconds: their delays, no more. Pure."""
    between = (max(delay, each * (1.0 - backoff.jitter)) for each in _delays(crashes - 1, backoff))
    return math.fsum(between)


def _delays(count: int, backoff: RestartBackoff) -> Iterator[float]:
    each = backoff.base
    for place in range(count):
        yield 0.0 if place == 0 else min(each, backoff.max)
        if place:
            each = min(each * backoff.factor, backoff.max)
