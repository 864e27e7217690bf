"""When a dead process comes back: capped exponential backoff with jitter, and a crash budget in time.

Pure: time and chance come in as numbers. Nothing here gives up unasked; over the budget the restarts
only come at the pace of the cap, because a state that waits for a human at night costs more than a slow loop.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient to be. All times in seconds."""

    base: float = 0.25  # delay before the second restart in a row; the first one is immediate
    factor: float = 2.0
    cap: float = 30.0
    jitter: float = 0.1  # part of the delay that chance may add or take away
    stable: float = 5.0  # a life this long was a good one, and forgives the crashes before it
    budget: int = 10  # bad lives allowed within the window before the cap is the rule
    window: float = 60.0  # infinite: those in a row count, and a good life forgives them


@dataclass(frozen=True, slots=True)
class History:
    """What is remembered of earlier crashes: how many in a row, and when the bad lives ended."""

    streak: int = 0
    failures: tuple[float, ...] = ()

    def save(self) -> list[Any]:
        """Answer it as plain data; see handover.py."""
        return [self.streak, list(self.failures)]

    @classmethod
    def restored(cls, saved: Sequence[Any]) -> Self:
        """Answer what was saved."""
        return cls(saved[0], tuple(saved[1]))


@dataclass(frozen=True, slots=True)
class Life:
    """The life that just ended: when, how long it lasted (s), whether it finished any work."""

    ended: float
    lived: float
    worked: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Wait `delay` seconds, then start again; remember `history`."""

    delay: float
    history: History
    over_budget: bool = False


def after_crash(history: History, policy: Policy, life: Life, chance: float) -> Verdict:
    """Judge one crash.

    A life that worked, or lasted `policy.stable`, starts a new streak: its restart is immediate. That keeps
    a pool whole while something outside kills its workers; only those that die without doing anything wait.

    Args:
        history: what the last verdict said to remember.
        policy: the rule.
        life: the life that ended.
        chance: a random number in [0, 1).
    """
    recent = tuple(at for at in history.failures if life.ended - at < policy.window)
    if life.worked or life.lived >= policy.stable:
        return Verdict(0.0, History(1, () if math.isinf(policy.window) else recent))
    recent = (*recent, life.ended)[-(policy.budget + 1) :]
    streak = history.streak + 1
    over = len(recent) > policy.budget
    delay = policy.cap if over else _growing(policy, streak)
    return Verdict(_jittered(delay, policy, chance), History(streak, recent), over)


def _growing(policy: Policy, streak: int) -> float:
    """Answer 0 for the first crash of a streak, then base, base x factor, … up to the cap."""
    if streak <= 1:
        return 0.0
    # The exponent is bounded: a streak of thousands must not overflow a float.
    return min(policy.cap, policy.base * policy.factor ** min(streak - 2, 64))


def _jittered(delay: float, policy: Policy, chance: float) -> float:
    return min(policy.cap, delay * (1.0 + policy.jitter * (2.0 * chance - 1.0)))
