"""What a service hands over to the supervisor that follows in the same process, and how it takes it over."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from typing import Any

from supervisor.probes.probe import Probe
from supervisor.processes.child import Child, Nursery
from supervisor.processes.children import Exit
from supervisor.services.dependencies import Gate
from supervisor.services.remains import Remains
from supervisor.services.restart import History
from supervisor.services.rule import Rule
from supervisor.services.states import State
from supervisor.upgrading.handover import Handover

# Attributes that are handed over as they are.
_PLAIN = ("since", "wanted", "restarts", "error", "due", "failure", "error_number", "_again", "_started", "_killed")


class HandedOver(ABC):
    """The part of a Service that an upgrade keeps."""

    name: str
    rule: Rule
    state: State
    child: Child | None
    last_exit: Exit | None
    causes: Counter[str]
    gate: Gate
    probe: Probe | None
    _nursery: Nursery
    _history: History
    _remains: Remains | None

    @property
    def unrest(self) -> str:
        """What is half done, "" when nothing is: no moment for an upgrade."""
        return f"what {self.name} has left is being ended" if self._remains is not None else ""

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know; see handover.py."""
        child, end, probe = self.child, self.last_exit, self.probe
        kept = probe.kept() if probe is not None and child is not None else None
        if kept is not None:
            handover.keep(int(str(kept["fd"])))
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "state": str(self.state),
            "causes": dict(self.causes),
            "passed": self.gate.passed,
            "last_exit": None if end is None else [end.code, end.signal],
            "history": self._history.save(),
            "probe": kept,
            "child": None if child is None else [child.pid, handover.keep(child.pidfd), child.adopted],
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Be what was saved, and have the process that lives on."""
        for name in _PLAIN:
            setattr(self, name, saved[name])
        self.state = State(saved["state"])
        self.causes = Counter(saved["causes"])
        self.gate.passed = saved["passed"]
        self.last_exit = Exit(*saved["last_exit"]) if saved["last_exit"] else None
        self._history = History.restored(saved["history"])
        if saved["child"] is None:
            return
        pid, pidfd, adopted = saved["child"]
        if adopted:
            self.child = self._nursery.adopt(pid, pidfd, self._ended)
        else:
            self.child = self._nursery.own(pid, pidfd, self._ended, leads_group=not self.rule.stop_group)
        if self.probe is not None and saved["probe"] is not None:
            self.probe.resume(self.child, saved["probe"])

    @abstractmethod
    def _ended(self, end: Exit) -> None:
        """Take the end of the process."""
