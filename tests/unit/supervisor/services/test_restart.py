from hypothesis import given
from hypothesis import strategies as st

from supervisor.services.restart import History, Life, Policy, Verdict, after_crash

POLICY = Policy(base=1.0, factor=2.0, cap=10.0, jitter=0.0, stable=5.0, budget=10, window=60.0)


def crashes(count: int, *, apart: float = 1.0, policy: Policy = POLICY) -> list[Verdict]:
    verdicts, history = [], History()
    for number in range(count):
        verdict = after_crash(history, policy, Life(ended=number * apart, lived=0.1), chance=0.5)
        history = verdict.history
        verdicts.append(verdict)
    return verdicts


def test_the_first_restart_is_immediate_and_the_next_ones_wait_twice_as_long_each() -> None:
    assert [verdict.delay for verdict in crashes(6)] == [0.0, 1.0, 2.0, 4.0, 8.0, 10.0]


def test_a_life_that_did_work_is_followed_at_once_however_often_it_is_killed() -> None:
    history = crashes(8)[-1].history
    for number in range(100):
        verdict = after_crash(history, POLICY, Life(ended=100 + number * 0.1, lived=0.05, worked=True), chance=0.5)
        history = verdict.history
        assert verdict.delay == 0.0
        assert not verdict.over_budget


def test_a_long_life_forgives_the_crashes_before_it() -> None:
    history = crashes(5)[-1].history
    verdict = after_crash(history, POLICY, Life(ended=200.0, lived=5.0), chance=0.5)
    assert verdict.delay == 0.0
    assert verdict.history.streak == 1


def test_over_the_budget_only_the_pace_of_the_cap_is_left() -> None:
    patient = Policy(base=0.001, factor=1.0, cap=10.0, jitter=0.0, budget=3, window=60.0)
    verdicts = crashes(5, policy=patient)
    assert [verdict.over_budget for verdict in verdicts] == [False, False, False, True, True]
    assert verdicts[-1].delay == 10.0


def test_crashes_older_than_the_window_are_not_counted_against_the_budget() -> None:
    patient = Policy(base=0.001, factor=1.0, cap=10.0, jitter=0.0, budget=3, window=60.0)
    assert not any(verdict.over_budget for verdict in crashes(20, apart=30.0, policy=patient))


def test_a_streak_of_thousands_stays_at_the_cap() -> None:
    verdict = after_crash(History(streak=100_000), POLICY, Life(ended=0.0, lived=0.0), chance=0.5)
    assert verdict.delay == POLICY.cap


@given(
    streak=st.integers(0, 1000),
    chance=st.floats(0, 1, exclude_max=True),
    lived=st.floats(0, 100),
    ended=st.floats(0, 1e6),
)
def test_a_delay_is_never_negative_and_never_over_the_cap(
    streak: int, chance: float, lived: float, ended: float
) -> None:
    verdict = after_crash(History(streak), Policy(), Life(ended, lived), chance)
    assert 0.0 <= verdict.delay <= Policy().cap
    assert len(verdict.history.failures) <= Policy().budget + 1


def test_jitter_spreads_the_delay_to_both_sides() -> None:
    policy = Policy(base=1.0, cap=10.0, jitter=0.1)
    life = Life(ended=0.0, lived=0.0)
    low, high = (after_crash(History(1), policy, life, chance).delay for chance in (0.0, 0.999999))
    assert 0.89 < low < 0.91
    assert 1.09 < high < 1.11
