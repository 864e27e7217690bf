"""Says in the log, once, what the store's settings can lose. (The supervisor holds no client of the store, and there is
one janitor where workers are many.)
"""

import logging
from collections.abc import Mapping
from typing import Protocol

from engine.doctor.doctor import Diagnosis
from engine.doctor.findings import RISK, WARNING
from janitor.duty import Pass

INTERVAL = 3600.0

_log = logging.getLogger(__name__)
_LEVELS: Mapping[str, int] = {RISK: logging.ERROR, WARNING: logging.WARNING}


class Patient(Protocol):
    """The part of `engine.clients.engine.Engine` that is needed."""

    def diagnosis(self) -> Diagnosis:
        """What the store's settings and state can do to the jobs in it."""
        ...


class Doctor:
    """A duty: looks at the start and once an hour; tells of each finding once, until it is gone."""

    name = "doctor"
    interval = INTERVAL

    def __init__(self, engine: Patient) -> None:
        self._engine = engine
        self._told: set[str] | None = None

    def run_once(self) -> Pass:
        """Ask; log what is new."""
        found = self._engine.diagnosis()
        if self._told is None:
            _log.info("store: %s", found.headline)
            self._told = set()
        grave = [one for one in found.findings if one.level in _LEVELS]
        for one in grave:
            if one.name not in self._told:
                _log.log(_LEVELS[one.level], "store: %s", "; ".join(filter(None, (one.what, one.why, one.todo))))
        self._told = {one.name for one in grave}
        return Pass(len(grave))
