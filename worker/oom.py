"""Has the kernel's out-of-memory killer struck in this cgroup?"""

from pathlib import Path

_PLACES = (Path("/sys/fs/cgroup/memory.events"), Path("/sys/fs/cgroup/memory/memory.oom_control"))


class OomWatch:
    """Counts kills since the last look. Where the system does not tell, nothing was killed."""

    def __init__(self, places: tuple[Path, ...] | None = None) -> None:
        self._places = places if places is not None else (*_own_cgroup(), *_PLACES)
        self._seen = self._kills()

    def struck(self) -> bool:
        """Whether somebody was killed since the last look."""
        before, self._seen = self._seen, self._kills()
        return self._seen > before

    def _kills(self) -> int:
        for place in self._places:
            try:
                lines = place.read_text(encoding="ascii").splitlines()
            except OSError:
                continue
            for line in lines:
                word, _, number = line.partition(" ")
                if word == "oom_kill" and number.strip().isdigit():
                    return int(number)
        return 0


def _own_cgroup() -> tuple[Path, ...]:
    try:
        for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
            if line.startswith("0::/"):
                return (Path("/sys/fs/cgroup") / line[4:] / "memory.events",)
    except OSError:
        pass
    return ()
