"""When a clock on the wall shows the next time of a cron expression. Pure: the time is passed in.

The one place in the supervisor that looks at wall time. Compared are times as the zone's clocks show them: an hour that
a change of the clock leaves out has its turn when it is over; one that comes twice counts once.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim

_BACK_S = 1.0  # a clock that goes back by more was set


class CronClock:
    """Duties: say when it is time, once for each time."""

    def __init__(self, expression: str, zone: str, wall: float) -> None:
        self._expression = expression
        self._zone = UTC if zone == "UTC" else ZoneInfo(zone)
        self._seen = wall
        self._next = self._after(wall)

    def strikes(self, wall: float) -> bool:
        """Tell whether a time has come since the last look; many at once (the host slept) are one.

        Args:
            wall: seconds since the epoch.
        """
        if wall < self._seen - _BACK_S:
            # It stood in the future when the next time was worked out.
            self._next = self._after(wall)
        self._seen = wall
        if self._shown(wall) < self._next:
            return False
        self._next = self._after(wall)
        return True

    def wait(self, wall: float) -> float:
        """Answer the seconds until it is worth another look."""
        return max(0.0, (self._next - self._shown(wall)).total_seconds())

    def _shown(self, wall: float) -> datetime:
        return datetime.fromtimestamp(wall, self._zone).replace(tzinfo=None)

    def _after(self, wall: float) -> datetime:
        found: datetime = next(CronSim(self._expression, self._shown(wall)))
        return found
