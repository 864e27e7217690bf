"""What an attempt's failure leads to: another run after a while, the dead letters, or a quiet end. Pure."""

import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.jobs.retry import Backoff
from worker.tasks.retrying import Linear, Waits

TRACEBACK_LIMIT = 16_384  # characters kept; the end is what tells most
_OURS = str(Path(__file__).resolve().parents[1]) + "/"


@dataclass(frozen=True, slots=True)
class Again:
    """Run it again after ``delay`` seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Bury:
    """No more runs: to the dead letters."""


@dataclass(frozen=True, slots=True)
class Drop:
    """No more runs, and nothing has gone wrong: cancelled, the record kept for ``keep`` seconds."""

    keep: float


@dataclass(frozen=True, slots=True)
class Park:
    """Not for this worker: to a lane of its type, where one that knows the type finds it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How failures of one task from one queue are treated; see ``retrying.Rules``.

    waits: the task's own backoff, before the queue's. retry_for in seconds.
    """

    retries: int
    backoff: Backoff
    waits: Waits | None = None
    retry_on: tuple[type[BaseException], ...] | None = None
    give_up_on: tuple[type[BaseException], ...] = ()
    retry_for: float | None = None

    def tries_again(self, error: BaseException) -> bool:
        """Whether a retry may help after ``error``."""
        if self.give_up_on and isinstance(error, self.give_up_on):
            return False
        return self.retry_on is None or isinstance(error, self.retry_on)


def decide(
    policy: Policy,
    attempts: int,
    *,
    retries: int | None = None,
    age: float = 0.0,
    after: float | None = None,
    chance: Callable[[], float] = random.random,
) -> Again | Bury:
    """What comes after a failed attempt.

    Args:
        policy: the task's and the queue's.
        attempts: charged attempts before this one.
        retries: the job's own number of retries, when its producer gave one.
        age: seconds since it was enqueued, by the store's clock.
        after: seconds to wait, when the task itself said so.
        chance: 0 <= x < 1, for the jitter.
    """
    allowed = policy.retries if retries is None else retries
    if attempts >= allowed:
        return Bury()
    wait = delay(policy, attempts, chance) if after is None else after
    if policy.retry_for is not None and age + wait > policy.retry_for:
        return Bury()
    return Again(wait)


def delay(policy: Policy, attempts: int, chance: Callable[[], float] = random.random) -> float:
    """Seconds to wait before the next attempt, when ``attempts`` were charged before the one that failed now."""
    if isinstance(policy.waits, Linear | Backoff):
        return policy.waits.delay(attempts + 1, chance)
    if not policy.waits:
        return policy.backoff.delay(attempts + 1, chance)
    wait = policy.waits[min(attempts, len(policy.waits) - 1)]
    return wait * (1 + policy.backoff.jitter * (2 * chance() - 1))


def describe(error: BaseException) -> tuple[str, str, str]:
    """(type, message, traceback) of what a task raised, without our own frames; never raises itself."""
    kind = type(error)
    plain = kind.__module__ == "builtins" or kind.__module__.startswith("worker.")
    name = kind.__qualname__ if plain else f"{kind.__module__}.{kind.__qualname__}"
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - a user's __str__ may fail in any way
        message = "(its message could not be made)"
    try:
        frames = traceback.TracebackException.from_exception(error)
        while frames.stack and "/worker/" in frames.stack[0].filename and _ours(frames.stack[0].filename):
            frames.stack.pop(0)
        text = "".join(frames.format())
    except Exception:  # noqa: BLE001 - same
        text = ""
    return name, message[:4096], text[-TRACEBACK_LIMIT:]


def _ours(filename: str) -> bool:
    return filename.startswith(_OURS)
