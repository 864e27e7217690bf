"""What a seat hands over to the supervisor that follows in the same process; its record keeps the rest."""

from collections.abc import Mapping
from typing import Any

from scoreboard import Death
from supervisor.pools.legacy import restored_death
from supervisor.pools.zygote import Zygote
from supervisor.services.restart import History
from supervisor.services.states import State
from supervisor.upgrading.handover import Handover

# Attributes of a seat that are handed over as they are.
_PLAIN = ("wanted", "replaces", "trial", "reason", "last_reason", "since", "due", "pid", "restarts", "over_budget",
          "untold")  # fmt: skip


class KeptSeat:
    """The part of a Seat that an upgrade keeps."""

    state: State
    zygote: Zygote | None
    last_death: Death | None
    _pidfd: int
    _launched: float
    _history: History

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process; the record keeps the rest."""
        kept = {name: getattr(self, name) for name in _PLAIN}
        return {
            **kept,
            "state": str(self.state),
            "zygote": self.zygote.generation if self.zygote else None,
            "last_death": list(self.last_death) if self.last_death else None,
            "pidfd": handover.keep(self._pidfd),
            "launched": self._launched,
            "history": self._history.save(),
        }

    def restore(self, saved: Mapping[str, Any], zygote: Zygote | None) -> None:
        """Be what was saved, with the worker that lives on."""
        for name in _PLAIN:
            setattr(self, name, saved[name])
        self.state = State(saved["state"])
        self.zygote = zygote
        self.last_death = restored_death(saved["last_death"])
        self._pidfd, self._launched = saved["pidfd"], saved["launched"]
        self._history = History.restored(saved["history"])
