"""Who waits for whom, at the start and, the other way round, at the end. Pure: it only sees what is shown to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

Needs = Mapping[str, str]
"""Names, and what must be true of each: `started`, `ready`, `completed` (exit 0) or `ended`."""

RELOOK_S = 0.25
"""Whoever waits looks again after so many seconds; most news wakes it earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How one process, or one pool, stands."""

    name: str
    started: bool = False  # its process runs, or has run and ended by itself
    ready: bool = False  # it works: running, and healthy where somebody asks
    ended: bool = False  # it is gone, and no rule will start it again
    clean: bool = False  # … with exit 0
    how: str = ""  # why nothing can be hoped for: "ended with exit 1", "is stopped"; "" while something can


def lacking(condition: str, sights: Iterable[Sight]) -> str:
    """Answer what keeps a condition from being true, for people; "" when it is true of all."""
    for sight in sights:
        fulfilled = {
            "started": sight.started,
            "ready": sight.ready,
            "completed": sight.ended and sight.clean,
            "ended": sight.ended,
        }
        if not fulfilled[condition]:
            return f"{sight.name}, which {sight.how}" if sight.how else f"{sight.name} to be {condition}"
    return ""


class Gate:
    """Keeps one ward from starting before those that it needs. Without needs it is always open."""

    def __init__(
        self, needs: Needs = MappingProxyType({}), look: Callable[[str], Iterable[Sight]] = lambda _: ()
    ) -> None:
        self.needs = dict(needs)
        self.reason = ""  # what is waited for, for people
        self.passed = False
        self._look = look

    def is_shut(self) -> bool:
        """Look again whether something is lacking, and keep what."""
        found = (lacking(condition, self._look(name)) for name, condition in self.needs.items())
        self.reason = next(filter(None, found), "")
        self.passed = not self.reason
        return bool(self.reason)

    def never_passed(self) -> bool:
        """The same for a ward that passes once: after that it is not asked any more."""
        return not self.passed and self.is_shut()


def dependents(name: str, needs: Mapping[str, Needs]) -> list[str]:
    """Answer who needs `name` directly."""
    return [other for other, its in needs.items() if name in its]


def leaving_order(names: Iterable[str], needs: Mapping[str, Needs]) -> list[list[str]]:
    """Answer the groups in which to leave: nobody before those that need it, everybody as early as that allows.

    Args:
        names: all that are to leave.
        needs: who needs whom, by name; has no cycles (the config is checked for that), and one would not hang us.
    """
    left = list(dict.fromkeys(names))
    groups: list[list[str]] = []
    while left:
        needed = {other for name in left for other in needs.get(name, ())}
        group = [name for name in left if name not in needed] or left
        groups.append(group)
        left = [name for name in left if name not in group]
    return groups
