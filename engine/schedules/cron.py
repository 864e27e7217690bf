"""When a cron expression fires in a time zone. Pure: the moment comes in by argument, nothing waits.

Wall-clock times that match are `cronsim`'s to find; what a time zone makes of them is decided here, by the rules of
Debian's cron (docs/schedules.md): cronsim's own handling loses firings where a zone changes by half an hour. Moments
are whole seconds since the epoch.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock times stand without a zone here
_SECOND = timedelta(seconds=1)
_NEAR = 26 * 3600  # a change of the clock concerns wall-clock times of this long around it: no zone is further off
_WEEK = 7 * 86400  # no zone changes its clock and changes it back within a week


class Cron:
    """One expression in one zone.

    Args:
        expression: five fields, or six with seconds in front, or one of ALIASES.
        zone: a name of the time zone database.

    Raises:
        ValueError: it is no expression, never fires, or there is no such zone.
    """

    def __init__(self, expression: str, zone: str = "UTC") -> None:
        expression = ALIASES.get(expression, expression)
        try:
            self._forward = CronSim(expression, _EPOCH)
            self._backward = CronSim(expression, _EPOCH, reverse=True)
        except (CronSimError, AssertionError, TypeError, ValueError) as error:
            raise ValueError(f"{expression!r} is no cron expression: {error}") from None
        self._zone = zone_of(zone)
        self._gap = 0, 0  # nothing fires between these two, but for the second
        minute, hour = self._forward.parts[1:3]
        # As in Debian's cron: what runs at set times is kept to once a day, what runs all the time follows real time.
        self._at_set_times = not (minute.startswith("*") or hour.startswith("*"))
        if self.after(0) is None:
            raise ValueError(f"{expression!r} never fires")

    def after(self, moment: int) -> int | None:
        """The first firing later than `moment`; None when there is none within fifty years."""
        begin, known = self._gap
        if begin <= moment < known:  # whoever waits for a slot asks again and again
            return known
        slot = self._next_set(moment) if self._at_set_times else self._next_plain(moment)
        if slot is not None:
            self._gap = moment, slot
        return slot

    def last(self, moment: int) -> int | None:
        """The latest firing at or before `moment`; None when there is none within fifty years."""
        return self._last_set(moment) if self._at_set_times else self._last_plain(moment)

    def between(self, after: int, until: int, most: int) -> list[int]:
        """The firings later than `after`, up to and with `until`; the first `most` of them."""
        found: list[int] = []
        slot = self.after(after)
        while slot is not None and slot <= until and len(found) < most:
            found.append(slot)
            slot = self.after(slot)
        return found

    def upcoming(self, moment: int, count: int) -> list[int]:
        """The next `count` firings after `moment`."""
        found: list[int] = []
        while len(found) < count and (slot := self.after(found[-1] if found else moment)) is not None:
            found.append(slot)
        return found

    def due(self, slot: int, name: str, spread: float) -> float:
        """When the schedule `name` fires its slot: up to `spread` seconds late, always before the slot that follows."""
        if not spread:
            return float(slot)
        following = self.after(slot)
        room = spread if following is None else min(spread, following - slot)
        return slot + chance(name, slot) * room

    # --- set times: every matching wall-clock time fires once ---------------------------------------------------

    def _next_set(self, moment: int) -> int | None:
        for wall in self._walls(self._wall(moment) - self._jump(moment), forward=True):
            if (slot := self._moment(wall)) > moment:
                return slot
        return None

    def _last_set(self, moment: int) -> int | None:
        for wall in self._walls(self._wall(moment) + self._jump(moment) + _SECOND, forward=False):
            if (slot := self._moment(wall)) <= moment:
                return slot
        return None

    def _jump(self, moment: int) -> timedelta:
        """By how much the clock was changed shortly before, in either direction."""
        return timedelta(seconds=abs(self._offset(moment) - self._offset(moment - _NEAR)))

    def _moment(self, wall: datetime) -> int:
        """A wall-clock time that comes twice counts the first time; one that is left out, at the change itself."""
        moment = int(wall.replace(tzinfo=self._zone, fold=0).timestamp())
        if self._wall(moment) == wall:
            return moment
        return self._first_change(moment - _NEAR, moment) or moment

    # --- plain: whenever the clock on the wall shows a matching time --------------------------------------------

    def _next_plain(self, moment: int) -> int | None:
        while True:
            offset = self._offset(moment)
            wall = next(self._walls(_shown(moment, offset), forward=True), None)
            if wall is None:
                return None
            slot = _seconds(wall) - offset
            change = self._first_change(moment, slot)
            if change is None:
                return slot
            offset = self._offset(change)
            wall = next(self._walls(_shown(change - 1, offset), forward=True), None)
            if wall is not None and _seconds(wall) - offset == change:
                return change
            moment = change

    def _last_plain(self, moment: int) -> int | None:
        while True:
            offset = self._offset(moment)
            wall = next(self._walls(_shown(moment + 1, offset), forward=False), None)
            if wall is None:
                return None
            slot = _seconds(wall) - offset
            change = self._last_change(slot, moment)
            if change is None:
                return slot
            moment = change - 1

    # --- the clock on the wall ----------------------------------------------------------------------------------

    def _walls(self, start: datetime, *, forward: bool) -> Iterator[datetime]:
        """Matching wall-clock times later (earlier) than `start`."""
        simulation = self._forward if forward else self._backward
        while True:
            simulation.dt = start
            try:
                start = next(simulation)
            except (StopIteration, OverflowError, ValueError):  # fifty years on, or beyond the calendar
                return
            yield start

    def _offset(self, moment: int) -> int:
        """Seconds by which the zone is ahead of UTC."""
        if self._zone is UTC:
            return 0
        return int((datetime.fromtimestamp(moment, self._zone).utcoffset() or timedelta()).total_seconds())

    def _wall(self, moment: int) -> datetime:
        return _shown(moment, self._offset(moment))

    def _first_change(self, after: int, until: int) -> int | None:
        """The first second after `after`, up to `until`, at which the clock shows something unexpected."""
        if self._zone is UTC:
            return None
        offset = self._offset(after)
        while after < until:
            step = min(after + _WEEK, until)
            if self._offset(step) != offset:
                return self._bisected(after, step)
            after = step
        return None

    def _last_change(self, after: int, until: int) -> int | None:
        """The last such second after `after`, up to `until`."""
        if self._zone is UTC:
            return None
        offset = self._offset(until)
        while after < until:
            step = max(until - _WEEK, after)
            if self._offset(step) != offset:
                return self._bisected(step, until)
            until = step
        return None

    def _bisected(self, before: int, after: int) -> int:
        offset = self._offset(before)
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if self._offset(middle) == offset else (before, middle)
        return after


def zone_of(name: str) -> tzinfo:
    """The zone of that name.

    Raises:
        ValueError: there is none.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r} here") from None


def chance(name: str, slot: int) -> float:
    """0 to below 1, the same for the same slot of the same schedule wherever it is asked."""
    digest = hashlib.blake2b(f"{name}/{slot}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def _shown(moment: int, offset: int) -> datetime:
    return _EPOCH + timedelta(seconds=moment + offset)


def _seconds(wall: datetime) -> int:
    return round((wall - _EPOCH).total_seconds())
