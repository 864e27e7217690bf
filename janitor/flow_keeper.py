"""The flow keeper: what flows have left to do when the scripts that ended their members had done their share: members
to let go, cancels half done, flows that were never closed, flows that were over long enough.
"""

from typing import Protocol, TypeVar

from engine.flows import flow_calls
from engine.store.calls import Call
from janitor.duty import Pass

T = TypeVar("T")

LIMIT = 200
"""Members a pass."""


class FlowEngine(Protocol):
    """The part of `engine.clients.engine.Engine` that this duty calls."""

    def run(self, call: Call[T]) -> T:
        """Any call."""
        ...


class FlowKeeper:
    """Duty: members of flows that are held -> pending or cancelled; flows whose time is up -> gone.

    Args:
        engine: the janitor's connection to the store.
        interval: the janitor's interval in seconds.
        limit: members a pass.
    """

    name = "flows"

    def __init__(self, engine: FlowEngine, interval: float, limit: int = LIMIT) -> None:
        self.interval = interval
        self._engine = engine
        self._limit = limit

    def run_once(self) -> Pass:
        """Do a bounded share of it."""
        done, more = self._engine.run(flow_calls.step(self._limit))
        return Pass(done, 0.0 if more and done else None)
