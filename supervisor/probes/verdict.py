"""What a row of answers means. Pure: time comes in as a number."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Health(StrEnum):
    """Whether a process that lives also works. Apart from its state: a hung one is still RUNNING."""

    UNKNOWN = "unknown"  # nobody asks, or no answer counted yet
    HEALTHY = "healthy"  # the last answer was good
    UNHEALTHY = "unhealthy"  # so many bad ones in a row that it is to be started anew


@dataclass(frozen=True, slots=True)
class Tally:
    """What is remembered of the answers of one life."""

    health: Health = Health.UNKNOWN
    bad: int = 0  # in a row, and counted
    good_once: bool = False


def judge(tally: Tally, *, good: bool, age: float, failures: int, grace: float) -> Tally:
    """Count one answer.

    Bad ones within the grace do not count until there was a good one: a slow start is no hang.

    Args:
        tally: what the last answer left.
        good: this answer.
        age: seconds since the process began to be asked.
        failures: so many bad ones in a row make it unhealthy.
        grace: seconds.
    """
    if good:
        return Tally(Health.HEALTHY, 0, good_once=True)
    if not tally.good_once and age < grace:
        return tally
    bad = tally.bad + 1
    return replace(tally, bad=bad, health=Health.UNHEALTHY if bad >= failures else tally.health)
