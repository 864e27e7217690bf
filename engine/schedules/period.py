"""How far apart a schedule's slots are, for whoever asks whether one is overdue. Pure."""

from functools import lru_cache
from itertools import pairwise

from engine.schedules.cron import Cron

_DAY = 86400
_WEEK = 8 * _DAY  # what a cron expression says of days of the week comes round in it
_FINE = 900  # s: rests shorter than this are not searched for, only those at hand are seen
_SAMPLE = 13  # a year of monthly slots


def longest_gap(times: str, now: float) -> int:
    """Seconds of the longest rest between two slots to come; 0 when there is none, or the text is no schedule.

    Args:
        times: the expression and its zone, as the store has them: ``0 3 * * * Europe/Berlin``.
        now: epoch seconds.
    """
    return _longest(times, int(now) // _DAY)


@lru_cache(maxsize=512)
def _longest(times: str, day: int) -> int:
    expression, _, zone = times.rpartition(" ")
    try:
        cron = Cron(expression, zone)
    except (ValueError, KeyError):  # of another release
        return 0
    begin = day * _DAY
    slots = cron.upcoming(begin, _SAMPLE)
    known = max((after - before for before, after in pairwise(slots)), default=0)
    if not slots or slots[-1] - begin >= _WEEK:
        return known
    # Slots stand close, but nights and weekends may be left out: look for one long rest, then for longer ones.
    span, found = _DAY, 0
    while not found and span > max(known, _FINE):
        found = _over(cron, slots[0], begin + _WEEK, span)
        span //= 2
    return max(known, found)


def _over(cron: Cron, slot: int, until: int, gap: int) -> int:
    """The longest rest that is longer than `gap`, 0 = none; looks by leaps from slot to slot."""
    found = 0
    while slot < until:
        leap = cron.last(slot + max(gap, found))
        if leap is None or leap <= slot:
            following = cron.after(slot)
            if following is None:
                break
            found, leap = max(found, following - slot), following
        slot = leap
    return found
