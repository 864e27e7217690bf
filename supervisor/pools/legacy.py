"""What a worker leaves to its successor in a place. Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from scoreboard import Cause, Death
from supervisor.services.restart import History


class Legacy(NamedTuple):
    """What the successor in a place goes on with."""

    restarts: int
    last_death: Death | None
    last_reason: str
    history: History

    def save(self) -> list[Any]:
        """Answer it as plain data; see handover.py."""
        return [
            self.restarts,
            list(self.last_death) if self.last_death else None,
            self.last_reason,
            self.history.save(),
        ]

    @classmethod
    def restored(cls, saved: Sequence[Any]) -> Self:
        """Answer what was saved."""
        return cls(saved[0], restored_death(saved[1]), saved[2], History.restored(saved[3]))


def restored_death(saved: Sequence[Any] | None) -> Death | None:
    """Answer the death that was handed over as plain data."""
    if not saved:
        return None
    cause, *rest = saved
    return Death(Cause(cause), *rest)
