"""The loop around autoscale.py: read the signals of each pool once a second, scale, remember why."""

import logging
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from config.autoscale import Autoscale
from config.queues import Queue
from scoreboard import Board, EntryState, WorkerState
from supervisor.outside.figures import merged
from supervisor.pools.admission import Admission
from supervisor.pools.autoscale import Decision, Signals, State, decide, target_wait
from supervisor.pools.capacity import CpuMeter, Memory, memory
from supervisor.pools.pool import Pool
from supervisor.services.states import State as SeatState

log = logging.getLogger(__name__)

_KEPT = 20
UP, DOWN = "up", "down"


class Change(NamedTuple):
    """A decision that changed something; `at` is epoch seconds, for display."""

    at: float
    before: int
    after: int
    reason: str


class Follower:
    """What is remembered of one pool."""

    def __init__(self) -> None:
        self.state = State()
        self.reason = "not looked yet"
        self.target = 0.0
        self.changes: deque[Change] = deque(maxlen=_KEPT)
        self.counts: Counter[str] = Counter()
        self.by_hand = False  # somebody has said how many: nothing is decided until `scale POOL auto`
        self.jobs: dict[int, int] = {}  # jobs done, by pid


class Autoscaling:
    """Duties: every pool with `autoscale:` has as many workers as its queues need.

    policy: the policy of a queue by its name, from the config.
    """

    def __init__(self, policy: Callable[[str], Queue], admission: Admission) -> None:
        self.policy = policy
        self._admission = admission
        self._followers: dict[str, Follower] = {}
        self._cpu = CpuMeter()

    def of(self, pool: Pool) -> Follower | None:
        """What is remembered of a pool; None when it is not autoscaled."""
        if pool.config.autoscale is None:
            return None
        return self._followers.setdefault(pool.name, Follower())

    def set_by_hand(self, pool: Pool, *, by_hand: bool) -> bool:
        """Leave the pool alone from now on, or take it on again; False when it is not autoscaled."""
        follower = self.of(pool)
        if follower is None:
            return False
        follower.by_hand = by_hand
        follower.state, follower.jobs = State(), {}
        follower.reason = "scaled by hand" if by_hand else "not looked yet"
        return True

    def save(self) -> dict[str, Any]:
        """Answer what an upgrade in place must not forget: what people said, and what was decided."""
        return {
            name: {"by_hand": one.by_hand, "changes": list(one.changes), "counts": dict(one.counts)}
            for name, one in self._followers.items()
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Know it again; the queues are looked at anew."""
        for name, words in saved.items():
            follower = self._followers.setdefault(name, Follower())
            follower.by_hand, follower.counts = words["by_hand"], Counter(words["counts"])
            follower.changes.extend(Change(*change) for change in words["changes"])

    def look(self, pools: Sequence[Pool], board: Board, now: float) -> None:
        """Decide for every pool; to be called once a second."""
        followed = [pool for pool in pools if pool.config.autoscale is not None and not pool.stopped]
        if not followed:
            return
        there, cpu = memory(), self._cpu.share(now)
        for pool in followed:
            rule, follower = pool.config.autoscale, self.of(pool)
            if rule is None or follower is None or follower.by_hand:
                continue
            most = self._admission.most(pool, now, there, _bytes(rule.max_memory, there))
            signals = signals_of(pool, follower, board, now, cpu=cpu, most_by_memory=most)
            follower.target = target_wait(rule, [self.policy(queue).wait_target for queue in pool.config.queues])
            self._act(pool, follower, decide(signals, follower.state, rule, follower.target))

    def _act(self, pool: Pool, follower: Follower, decision: Decision) -> None:
        follower.state, follower.reason = decision.state, decision.reason
        before = pool.desired
        if decision.desired == before:
            return
        after = pool.scale(decision.desired)
        if after == before:
            return
        follower.changes.append(Change(time.time(), before, after, decision.reason))
        follower.counts[UP if after > before else DOWN] += 1
        log.info("pool %s: autoscale %d -> %d: %s", pool.name, before, after, decision.reason)


def signals_of(
    pool: Pool, follower: Follower, board: Board, now: float, *, cpu: float, most_by_memory: float
) -> Signals:
    """Read what is so now: the workers from the scoreboard, the queues from what the pool's own keeper wrote."""
    record = board.figures(pool.number)
    figures = merged([(record.written_ns, record.read())], time.time())
    open_ones = [said for name, said in figures.queues.items() if not said.get("paused") and name in pool.config.queues]
    waiting = sum(max(0, int(said.get("pending") or 0) - int(said.get("parked") or 0)) for said in open_ones)
    busy, jobs = _workers(pool)
    # A worker that is new here has done what it has done since it started.
    done = sum(count - follower.jobs.get(pid, 0) for pid, count in jobs.items())
    follower.jobs = jobs
    return Signals(
        now=now,
        desired=pool.desired,
        running=pool.seats.running,
        busy=busy,
        done=max(0, done),
        waiting=waiting,
        oldest=max((float(said.get("oldest") or 0) for said in open_ones), default=0.0),
        told_at=record.written_ns / 1e9,
        store_up=figures.up,
        most_by_memory=most_by_memory,
        cpu=cpu,
    )


def _workers(pool: Pool) -> tuple[float, dict[int, int]]:
    """How many are busy, and the jobs that each has done."""
    busy, jobs = 0.0, dict[int, int]()
    for seat in pool.seats:
        seen = seat.own_words() if seat.state is SeatState.RUNNING else None
        if seen is None:
            continue
        jobs[seen.pid] = seen.jobs_done
        if seen.state is not WorkerState.BUSY:
            continue
        begun = sum(entry.state is EntryState.STARTED for entry in seen.entries)
        busy += 1.0 if pool.config.concurrency == 1 else min(1.0, begun / pool.config.concurrency)
    return busy, jobs


def _bytes(ceiling: float, there: Memory | None) -> float:
    """A ceiling in bytes: a share is one of all memory, 0 is none."""
    if not ceiling:
        return math.inf
    return ceiling if ceiling > 1 else ceiling * (there.limit if there else math.inf)


def told(follower: Follower | None, rule: Autoscale | None) -> dict[str, object] | None:
    """What `status --json` says of it; None for a pool that is not autoscaled."""
    if follower is None or rule is None:
        return None
    rate = follower.state.rate
    return {
        "active": not follower.by_hand,
        "min": rule.min,
        "max": rule.max,
        "target_wait_s": follower.target,
        "rate": None if rate is None else round(rate, 3),
        "reason": follower.reason,
        "decisions": [change._asdict() for change in follower.changes],
    }
