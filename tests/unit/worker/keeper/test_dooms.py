"""Between the verdict and the kill."""

from scoreboard import STACK_WAIT_S, Cause
from worker.keeper.dooms import Dooms


def test_the_kill_is_due_a_moment_after_the_verdict_and_not_later() -> None:
    dooms = Dooms()
    assert dooms.begin(7, Cause.HARD_TIMEOUT, 100.0)
    assert not dooms.begin(7, Cause.HARD_TIMEOUT, 100.01)
    assert dooms
    assert not dooms.due(7, 100.01)
    assert dooms.due(7, 100.0 + STACK_WAIT_S)


def test_a_verdict_is_lifted_when_the_job_has_ended_meanwhile() -> None:
    dooms = Dooms()
    dooms.begin(7, Cause.MEMORY_LIMIT, 100.0)
    assert dooms.stands(7, Cause.MEMORY_LIMIT)
    assert not dooms.stands(7, Cause.HARD_TIMEOUT)
    dooms.lift(7)
    assert not dooms
    assert not dooms.due(7, 200.0)
