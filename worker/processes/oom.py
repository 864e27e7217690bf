"""Has the kernel's out-of-memory killer struck in this cgroup?"""

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

_ROOT, _HOST = Path("/sys/fs/cgroup"), Path("/proc/vmstat")
_EVERY_S = 5.0  # between two notes of the count
# A large process takes a while from its kill to its end: only counts older than this are history.
_RECENT_S = 3.0


class OomWatch:
    """Counts kills. Where the system does not tell, nothing was killed.

    The counts are a whole cgroup's (of both versions), or where there is none the host's: a kill counts for one dead
    worker, and only when it came within the last seconds.
    """

    def __init__(self, places: tuple[Path, ...] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._places = places if places is not None else (*_own_cgroups(), _HOST)
        self._clock = clock
        self._notes = deque([(clock() - _RECENT_S, self._kills())], maxlen=8)  # (when, kills so far)
        self._looked = clock()
        self._told = 0  # kills that were put down to a worker, or are history

    def look(self) -> float:
        """Note the count, when it is time; seconds until the next."""
        now = self._clock()
        if now - self._looked >= _EVERY_S:
            self._looked = now
            self._notes.append((now, self._kills()))
        return max(0.0, self._looked + _EVERY_S - now)

    def struck(self) -> bool:
        """Whether somebody was killed lately for whom no worker was named yet; asked once for each dead worker."""
        history = [kills for at, kills in self._notes if at <= self._clock() - _RECENT_S]
        self._told = max(self._told, *history[-1:], 0)
        if self._kills() <= self._told:
            return False
        self._told += 1
        return True

    def _kills(self) -> int:
        for place in self._places:
            try:
                lines = place.read_text(encoding="ascii").splitlines()
            except (OSError, UnicodeDecodeError):
                continue
            for line in lines:
                word, _, number = line.partition(" ")
                if word == "oom_kill" and number.strip().isdigit():
                    return int(number)
        return 0


def _own_cgroups() -> tuple[Path, ...]:
    try:
        text = Path("/proc/self/cgroup").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        text = ""
    return places(text)


def places(memberships: str, root: Path = _ROOT) -> tuple[Path, ...]:
    """Where the kills are counted, by what /proc/self/cgroup says, the nearest first. Pure.

    In a container the path is often the host's and does not exist here: then the root of what is mounted counts.
    """
    found = []
    for line in memberships.splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            found += [root / path[1:] / "memory.events", root / "memory.events"]
        elif "memory" in controllers.split(","):
            found += [root / "memory" / path[1:] / "memory.oom_control", root / "memory" / "memory.oom_control"]
    return tuple(found)
