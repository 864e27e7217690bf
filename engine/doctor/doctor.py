"""Asks a server what it can do to the jobs in it: for `python -m engine doctor`, and for the janitor at its start."""

import time
from collections.abc import Sequence

import msgspec

from engine.doctor.findings import RISK, Facts, Finding, findings, headline
from engine.entrance.durable import pairs
from engine.errors import EngineError
from engine.store.question import Question, Together
from engine.store.storeinfo import info_fields

_PINGS = 3
_SETTINGS = (
    "appendfsync",
    "no-appendfsync-on-rewrite",
    "save",
    "timeout",
    "min-replicas-to-write",
    "client-output-buffer-limit",
    "maxmemory-policy",
)


class Diagnosis(msgspec.Struct, frozen=True):
    """What was found, the worst first, and one sentence that says how much would be lost now."""

    headline: str
    findings: Sequence[Finding]

    @property
    def at_risk(self) -> bool:
        """Whether something was found by which jobs may be lost as things are."""
        return any(one.level == RISK for one in self.findings)


def diagnosis() -> Question[Diagnosis]:
    """Asks, and judges.

    Raises:
        StoreDown: there is nobody to ask.
    """
    facts = yield from ask_facts()
    return Diagnosis(headline(facts), findings(facts))


def ask_facts() -> Question[Facts]:
    """What the server says of itself; what it refuses to say is not known."""
    info = yield ("INFO",)
    [config] = yield Together([("CONFIG", "GET", *_SETTINGS)])
    best = 1e9
    for _ in range(_PINGS):
        began = time.monotonic()
        yield ("PING",)
        best = min(best, time.monotonic() - began)
    known = None if isinstance(config, EngineError) else pairs(config)
    return Facts(info_fields(info), known, best * 1000)
