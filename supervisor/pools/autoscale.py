"""How many workers a pool should have, from what its queues hold. Pure: everything comes in, time too.

    rate   jobs a busy worker ends in a second, of about the last half minute
    wait   waiting / (workers x rate): when a job that comes now would start
    more   when wait is over the target, or the oldest job is, and hardly a worker is idle
    fewer  when for all of the cool-down fewer would have been enough

docs/autoscale.md has the picture and the reasons.
"""

import math
from dataclasses import dataclass, replace

from config.autoscale import Autoscale

MEMORY_S = 30.0  # what was ended so long ago counts for a third in the rate
STALE_S = 5.0
_DEFAULT_TARGET_S = 5.0
_IDLE_SHARE = 0.25  # with more of the workers idle than this, waiting jobs wait for something else
_MOST_PATIENCE = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is so now. Times in seconds."""

    now: float  # monotonic
    desired: int
    running: int  # workers that have booted and are to stay
    busy: float  # of them; one that can run many jobs at once counts by the share it runs
    done: int  # jobs that have ended since the last look
    waiting: int  # jobs that could start, in queues that are not paused
    oldest: float  # age of the oldest of them
    told_at: float = math.inf  # when the figures of the queues were written, monotonic; inf: just now
    store_up: bool = True
    most_by_memory: float = math.inf  # workers there can be below the memory ceiling
    cpu: float = 0.0  # share of the CPUs in use


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered from look to look: plain numbers, which may be saved and restored."""

    looked: float = -math.inf
    changed: float = -math.inf
    shrunk: float = -math.inf
    done: float = 0.0  # jobs ended, fading
    worked: float = 0.0  # seconds of work, fading likewise
    low_since: float | None = None  # since when fewer would have been enough
    low_peak: int = 0  # how many were needed at most since then
    patience: float = 1.0  # times the cool-down; grows when a shrink was soon regretted

    @property
    def rate(self) -> float | None:
        """Jobs a busy worker ends in a second; None when nothing is known."""
        if self.done >= 0.5:  # noqa: PLR2004  half a job, faded: still a measure
            return self.done / self.worked if self.worked else None
        # None has ended in all that time: the rate is at most this.
        return 1.0 / self.worked if self.worked >= 1.0 else None


@dataclass(frozen=True, slots=True)
class Decision:
    """So many workers, and why; `state` is for the next look."""

    desired: int
    reason: str
    state: State


def decide(signals: Signals, state: State, rule: Autoscale, target: float = _DEFAULT_TARGET_S) -> Decision:
    """Say how many workers there should be.

    Args:
        signals: what is so now.
        state: what the last decision gave.
        rule: the limits and steps.
        target: seconds within which jobs should start.
    """
    state = _observed(signals, state)
    now, desired = signals.now, signals.desired
    if not rule.min <= desired <= rule.max:
        inside = max(rule.min, min(desired, rule.max))
        limit = f"min is {rule.min}" if desired < rule.min else f"max is {rule.max}"
        return Decision(inside, limit, replace(state, changed=now, low_since=None))
    if not signals.store_up or now - signals.told_at > STALE_S:
        why = "the store is away" if not signals.store_up else "the figures of the queues are old"
        return Decision(desired, why, replace(state, low_since=None))
    needed, why = _needed(signals, state, rule, target)
    if needed > desired:
        return _more(signals, replace(state, low_since=None), rule, needed, why)
    return _fewer(signals, state, rule, needed, why)


def _observed(signals: Signals, state: State) -> State:
    """Keep the rate."""
    if state.looked == -math.inf:
        return replace(state, looked=signals.now)  # what was done before the first look took nobody knows how long
    passed = min(signals.now - state.looked, MEMORY_S)
    fade = math.exp(-passed / MEMORY_S)
    return replace(
        state,
        looked=signals.now,
        done=state.done * fade + signals.done,
        worked=state.worked * fade + signals.busy * passed,
    )


def _needed(signals: Signals, state: State, rule: Autoscale, target: float) -> tuple[int, str]:
    """How many workers the queues need now, and why; as many as are busy when there is no need for more."""
    busy = math.ceil(signals.busy)
    idle = signals.running - signals.busy
    if not signals.waiting:
        return busy, f"nothing waits, {busy} busy"
    if signals.running and idle >= max(1.0, _IDLE_SHARE * signals.running):
        return busy, "workers are idle: what waits does not wait for them"
    desired = signals.desired
    found: list[tuple[float, str]] = [(max(busy, 1), f"{signals.waiting} wait")]
    rate = state.rate
    if rate is not None:
        wait = signals.waiting / (max(1, desired) * rate)
        if wait > target:
            count = signals.waiting / (rate * target)
            found.append((count, f"{signals.waiting} wait, the last of them {wait:.1f} s; the target is {target:g} s"))
    if signals.oldest > target:
        ratio = min(signals.oldest / target, 2.0)
        found.append((max(1, desired) * ratio, f"the oldest waits {signals.oldest:.1f} s; the target is {target:g} s"))
    if rule.jobs_per_worker:
        count = signals.waiting / rule.jobs_per_worker
        found.append((count, f"{signals.waiting} wait; {rule.jobs_per_worker} are a worker's worth"))
    count, why = max(found)
    # One worker more for each waiting job is the most that can be of use.
    return math.ceil(min(count, signals.waiting + signals.busy, rule.max)), why


def _more(signals: Signals, state: State, rule: Autoscale, needed: int, why: str) -> Decision:
    now, desired = signals.now, signals.desired
    hold = None
    if now < state.changed + rule.up_cooldown:
        hold = "the last change is fresh"
    elif signals.running < desired:
        hold = f"{desired - signals.running} workers are still to come up"
    elif rule.max_cpu and signals.cpu >= rule.max_cpu:
        hold = f"{signals.cpu:.0%} of the CPUs are in use; the ceiling is {rule.max_cpu:.0%}"
    step = rule.step_up or max(1, desired)
    wanted = min(needed, desired + step, rule.max)
    if hold is None and signals.most_by_memory < wanted:
        wanted = max(desired, int(signals.most_by_memory))
        hold = "there is no memory below the ceiling for more" if wanted == desired else None
    if hold is not None or wanted <= desired:
        return Decision(desired, f"{why}; {hold}" if hold else why, state)
    # A need so soon after a shrink means that the shrink was wrong: the next one is thought over for longer.
    regret = now - state.shrunk < rule.down_cooldown * state.patience
    patience = min(_MOST_PATIENCE, 2 * state.patience) if regret else state.patience
    return Decision(wanted, why, replace(state, changed=now, patience=patience))


def _fewer(signals: Signals, state: State, rule: Autoscale, needed: int, why: str) -> Decision:
    now, desired = signals.now, signals.desired
    needed = max(needed, rule.min)
    if needed >= desired:
        return Decision(desired, why, replace(state, low_since=None))
    if state.low_since is None:
        state = replace(state, low_since=now, low_peak=needed)
    state = replace(state, low_peak=max(state.low_peak, needed))
    idle_s = now - (now if state.low_since is None else state.low_since)
    cooldown = rule.down_cooldown * state.patience
    if idle_s < cooldown or now < state.changed + cooldown:
        spare = f"{desired - state.low_peak} not needed for {idle_s:.0f} s of {cooldown:.0f} s"
        return Decision(desired, f"{why}; {spare}", state)
    wanted = max(state.low_peak, desired - rule.step_down)
    # The last change was a shrink, too, and nobody missed what went: back towards the cool-down of the file.
    calm = state.changed == state.shrunk
    patience = max(1.0, state.patience / 2) if calm else state.patience
    after = replace(state, changed=now, shrunk=now, low_since=now, low_peak=0, patience=patience)
    return Decision(wanted, f"{state.low_peak} were enough for {idle_s:.0f} s", after)


def target_wait(rule: Autoscale, wait_targets: list[float]) -> float:
    """Seconds within which jobs should start: the pool's own, else the least of its queues', else 5."""
    if rule.target_wait is not None:
        return rule.target_wait
    return min((target for target in wait_targets if target > 0), default=_DEFAULT_TARGET_S)
