"""A worker's seat at the store, as the engine's tests use it: claim in one line."""

from collections.abc import Sequence

from engine import JobError
from engine.clients.engine import Engine
from engine.store.claims import Done, Grant

ERROR = JobError(type="ValueError", message="no")


def claim(
    engine: Engine,
    want: int = 100,
    queues: Sequence[str] = ("default",),
    done: Sequence[Done] = (),
    lease: float = 30.0,
) -> Grant:
    """Both halves of a claim call at once."""
    engine.post(list(done), want, queues, lease)
    return engine.collect()
