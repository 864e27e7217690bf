"""How often the feed reads: every second, less often when that takes long. Pure."""

INTERVALS = (1.0, 2.0, 5.0)
"""Seconds."""

SLOW = 0.25
"""Seconds that the readings of a round may take."""

ROUNDS = 2
"""Slow rounds in a row until it reads less often: one may be chance."""

QUICK_ROUNDS = 5
"""Rounds in a row, each quicker than half of SLOW, until it reads more often."""


class Pace:
    """Duties: the interval that fits how long the last rounds took."""

    def __init__(self) -> None:
        self._step = 0
        self._slow = 0
        self._quick = 0

    @property
    def interval(self) -> float:
        """Seconds from the beginning of a round to that of the next."""
        return INTERVALS[self._step]

    def heard(self, took: float) -> None:
        """A round of readings took so many seconds."""
        self._slow = self._slow + 1 if took > SLOW else 0
        self._quick = self._quick + 1 if took < SLOW / 2 else 0
        if self._slow >= ROUNDS and self._step < len(INTERVALS) - 1:
            self._step, self._slow = self._step + 1, 0
        elif self._quick >= QUICK_ROUNDS and self._step:
            self._step, self._quick = self._step - 1, 0
