import itertools
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.autoscale import Autoscale
from supervisor.pools.autoscale import Decision, Signals, State, decide, target_wait
from tests.support.simulated_pool import BOOT_S, Pool

RULE = Autoscale(min=1, max=8, up_cooldown=5, down_cooldown=30)
# Looked a second ago, a job takes a busy worker half a second.
KNOWN = State(looked=99.0, done=40.0, worked=20.0)


def asked(state: State = KNOWN, rule: Autoscale = RULE, **told: Any) -> Decision:
    calm: dict[str, Any] = {"now": 100.0, "desired": 2, "running": 2, "busy": 2.0, "done": 4, "waiting": 0}
    return decide(Signals(**{**calm, "oldest": 0.0, **told}), state, rule, 5.0)


def test_it_grows_to_what_the_backlog_needs_and_says_why() -> None:
    grown = asked(waiting=35)
    assert grown.desired == 4
    assert "35 wait" in grown.reason
    assert "the target is 5 s" in grown.reason


def test_a_backlog_that_is_done_within_the_target_is_no_reason() -> None:
    assert asked(waiting=15).desired == 2


def test_it_at_most_doubles_or_takes_the_step_of_the_file() -> None:
    assert asked(waiting=10_000).desired == 4
    assert asked(waiting=10_000, rule=RULE.model_copy(update={"step_up": 1})).desired == 3
    assert asked(waiting=10_000, rule=RULE.model_copy(update={"step_up": 100})).desired == 8


def test_never_more_workers_than_jobs_wait() -> None:
    assert asked(waiting=1, oldest=60.0).desired == 3


def test_jobs_that_wait_beside_idle_workers_wait_for_something_else() -> None:
    held = asked(waiting=1000, oldest=60.0, busy=1.0)
    assert (held.desired, "workers are idle" in held.reason) == (2, True)


def test_the_age_of_the_oldest_counts_where_no_rate_is_known() -> None:
    assert asked(State(looked=99.0), waiting=50, oldest=9.0, done=0).desired == 4


def test_a_worker_s_worth_of_jobs() -> None:
    assert asked(waiting=9, rule=RULE.model_copy(update={"jobs_per_worker": 3, "step_up": 8})).desired == 3


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"store_up": False}, "the store is away"),
        ({"told_at": 90.0}, "figures of the queues are old"),
        ({"running": 1, "busy": 1.0}, "still to come up"),
        ({"cpu": 0.99}, "ceiling is 95%"),
        ({"most_by_memory": 2}, "no memory below the ceiling"),
    ],
)
def test_it_holds_when_it_knows_nothing_or_may_not(told: dict[str, Any], why: str) -> None:
    held = asked(waiting=1000, oldest=60.0, **told)
    assert (held.desired, why in held.reason) == (2, True)


def test_a_change_that_is_fresh_is_waited_for() -> None:
    assert asked(replace(KNOWN, changed=96.0), waiting=1000).desired == 2
    assert asked(replace(KNOWN, changed=95.0), waiting=1000).desired == 4


def test_memory_for_one_more_is_one_more() -> None:
    assert asked(waiting=1000, most_by_memory=3).desired == 3


@pytest.mark.parametrize(("desired", "inside"), [(0, 1), (9, 8), (1, 1), (8, 8)])
def test_outside_its_limits_it_comes_back_at_once_whatever_is_known(desired: int, inside: int) -> None:
    assert asked(desired=desired, running=desired, busy=0.0, store_up=False).desired == inside


def test_it_shrinks_only_after_the_whole_cool_down_and_not_below_what_was_needed() -> None:
    state, desired = KNOWN, 6
    for second in range(200):
        busy = 3.0 if second % 20 == 0 else 0.0
        decision = asked(state, now=100.0 + second, desired=desired, running=desired, busy=busy, done=0)
        if decision.desired != desired:
            assert second % 30 == 0
        state, desired = decision.state, decision.desired
    assert desired == 3


def test_from_nothing_it_starts_one_when_a_job_waits() -> None:
    rule = RULE.model_copy(update={"min": 0})
    assert asked(rule=rule, desired=0, running=0, busy=0.0, waiting=1).desired == 1
    assert asked(rule=rule, desired=0, running=0, busy=0.0).desired == 0


def test_the_target_is_the_pool_s_own_or_the_least_of_its_queues() -> None:
    assert target_wait(RULE, [0.0, 9.0, 3.0]) == 3.0
    assert target_wait(RULE, [0.0]) == 5.0
    assert target_wait(Autoscale(max=2, target_wait="1s"), [0.5]) == 1.0


# --- the loop, simulated ---

SEGMENTS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60)), min_size=1, max_size=8)
RULES = st.builds(
    lambda low, more, step, down: Autoscale(min=low, max=low + more, step_up=step, down_cooldown=down),
    st.integers(0, 2),
    st.integers(1, 8),
    st.integers(0, 3),
    st.integers(10, 60),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(segments=SEGMENTS, rule=RULES, service=st.sampled_from([0.1, 0.3, 1.0, 4.0]), memory=st.integers(2, 12))
def test_bursts_are_cleared_without_flapping_or_passing_a_limit_and_quiet_brings_it_down(
    segments: list[tuple[int, int]], rule: Autoscale, service: float, memory: int
) -> None:
    most = min(rule.max, max(memory, rule.min))
    pool = Pool(rule, service, desired=rule.min, idle=rule.min, most_by_memory=most)
    for seconds, rate in segments:
        pool.run(seconds, rate / service / 8)  # up to far more than all workers can do
    assert all(rule.min <= wanted <= most for _, wanted in pool.log)
    busy_until = pool.now
    # Cleared in the time that all workers need, after the time that it takes to have them.
    ramp = (rule.up_cooldown + BOOT_S + 3) * most
    allowed = len(pool.waiting) * service / max(1, most) + ramp + 4 * pool.target + 4 * service
    pool.run(allowed)
    assert not pool.waiting
    assert not pool.running
    # Each step down takes a cool-down, which regret made eight times as long at most; it halves on the way.
    pool.run(rule.down_cooldown * (rule.max + 16) + 10)
    assert (pool.desired, pool.workers) == (rule.min, rule.min)
    changes = [(at, before, now) for (_, before), (at, now) in itertools.pairwise(pool.log) if now != before]
    assert all(before - now <= rule.step_down for _, before, now in changes if now < before)
    for (earlier, _, _), (at, before, now) in itertools.pairwise(changes):
        assert at - earlier >= (rule.down_cooldown if now < before else rule.up_cooldown) - 0.01
    assert pool.turns <= 2 * math.ceil(busy_until / rule.down_cooldown) + 2


def test_bursts_with_pauses_just_longer_than_the_cool_down_are_learnt() -> None:
    pool = Pool(Autoscale(min=1, max=8, down_cooldown=30), 0.5)
    for _ in range(30):
        pool.run(15, 12)
        pool.run(36)
    # Without a longer and longer patience there would be two turns a burst.
    assert pool.turns <= 20
    assert pool.worst_wait < 20


def test_a_steady_load_is_met_and_then_left_alone() -> None:
    pool = Pool(Autoscale(min=1, max=8), 0.5)
    pool.run(120, 8.0)
    settled, pool.worst_wait = pool.desired, 0.0
    pool.run(600, 8.0)
    assert pool.worst_wait < 2 * pool.target
    assert settled - 1 <= pool.desired <= settled + 1
    assert pool.turns <= 4
