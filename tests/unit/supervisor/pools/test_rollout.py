import pytest

from config.reload import Reload
from supervisor.pools.rollout import Canary, Phase, Rollout

RULES = Reload(canary_jobs=3, canary_time=10, boot_timeout=60)


def booted(*, comparable: bool = True, canary: bool = True) -> Rollout:
    rollout = Rollout(1, wants_canary=canary)
    rollout.begin(0.0, 2)
    rollout.booted(1.0, comparable=comparable)
    return rollout


@pytest.mark.parametrize(("canary", "comparable"), [(False, True), (True, False)])
def test_without_a_canary_or_with_nothing_to_compare_it_with_it_rolls_at_once(canary: bool, comparable: bool) -> None:
    assert booted(canary=canary, comparable=comparable).phase is Phase.ROLLING


def test_an_import_that_takes_too_long_is_given_up() -> None:
    rollout = Rollout(1, wants_canary=True)
    rollout.begin(100.0, 2)
    assert rollout.watch_boot(159.0, RULES) == 160.0
    assert not rollout.ended
    rollout.watch_boot(160.0, RULES)
    assert rollout.phase is Phase.ROLLED_BACK
    assert "boot_timeout" in rollout.reason


def test_a_canary_that_ended_its_jobs_is_accepted() -> None:
    rollout = booted()
    rollout.watch_canary(2.0, RULES, Canary(up=True, busy=True, jobs=2))
    assert rollout.phase is Phase.CANARY
    rollout.watch_canary(2.1, RULES, Canary(up=True, busy=True, jobs=3))
    assert rollout.phase is Phase.ROLLING


def test_a_canary_without_work_is_accepted_after_its_time_and_every_job_begins_that_time_anew() -> None:
    rollout = booted()
    rollout.watch_canary(2.0, RULES, Canary(up=True, busy=False, jobs=0))
    rollout.watch_canary(11.0, RULES, Canary(up=True, busy=False, jobs=1))
    rollout.watch_canary(20.9, RULES, Canary(up=True, busy=False, jobs=1))
    assert rollout.phase is Phase.CANARY
    rollout.watch_canary(21.0, RULES, Canary(up=True, busy=False, jobs=1))
    assert rollout.phase is Phase.ROLLING


def test_a_canary_in_the_middle_of_a_long_job_is_waited_for() -> None:
    rollout = booted()
    for now in range(2, 500):
        rollout.watch_canary(float(now), RULES, Canary(up=True, busy=True, jobs=0))
    assert rollout.phase is Phase.CANARY


def test_a_canary_that_never_comes_up_is_given_up() -> None:
    rollout = booted()
    rollout.watch_canary(61.0, RULES, Canary(up=False, busy=False, jobs=0))
    assert rollout.phase is Phase.ROLLED_BACK


@pytest.mark.parametrize("rolling", [False, True])
def test_a_new_kind_of_failure_ends_it_in_either_phase_and_is_named(rolling: bool) -> None:
    rollout = booted(canary=not rolling)
    rollout.met(2.0, [])
    assert not rollout.ended
    rollout.met(3.0, ["send: ValueError"])
    assert rollout.phase is Phase.ROLLED_BACK
    assert "send: ValueError" in rollout.reason


def test_what_has_ended_stays_as_it_is() -> None:
    rollout = booted(canary=False)
    rollout.rolled(5.0)
    rollout.fail(6.0, "too late")
    assert (rollout.phase, rollout.reason) == (Phase.DONE, "")
