import pytest

from engine import Backoff
from worker.run.outcome import Again, Bury, Policy, decide, delay, describe
from worker.tasks.retrying import Linear

PLAIN = Policy(3, Backoff(1.0, 2.0, 60.0, 0.0))


@pytest.mark.parametrize(("attempts", "expected"), [(0, Again(1.0)), (1, Again(2.0)), (2, Again(4.0)), (3, Bury())])
def test_retries_wait_longer_each_time_and_end(attempts: int, expected: object) -> None:
    assert expected == decide(PLAIN, attempts)


def test_the_jobs_own_retries_go_before_the_policys() -> None:
    assert decide(PLAIN, 0, retries=0) == Bury()
    assert decide(PLAIN, 5, retries=9) == Again(32.0)


def test_give_up_on_goes_first_and_with_retry_on_all_else_gives_up() -> None:
    policy = Policy(3, PLAIN.backoff, retry_on=(OSError,), give_up_on=(FileNotFoundError,))
    tried = [policy.tries_again(error) for error in (TimeoutError(), FileNotFoundError(), ValueError())]
    assert tried == [True, False, False]
    assert PLAIN.tries_again(SystemExit())


@pytest.mark.parametrize(("age", "expected"), [(0.0, Again(1.0)), (8.9, Again(1.0)), (9.1, Bury()), (99.0, Bury())])
def test_no_retry_is_planned_past_retry_for(age: float, expected: object) -> None:
    assert expected == decide(Policy(3, PLAIN.backoff, retry_for=10.0), 0, age=age)


def test_a_wait_the_task_names_goes_before_the_backoff() -> None:
    assert decide(PLAIN, 0, after=30.0) == Again(30.0)
    assert decide(PLAIN, 3, after=30.0) == Bury()


def test_linear_waits_grow_evenly_up_to_their_cap() -> None:
    policy = Policy(9, PLAIN.backoff, Linear(10.0, 25.0, 0.0))
    assert [delay(policy, n) for n in range(4)] == [10.0, 20.0, 25.0, 25.0]
    spread = Policy(9, PLAIN.backoff, Linear(10.0, 100.0, 0.5))
    assert (delay(spread, 0, lambda: 0.0), delay(spread, 0, lambda: 1.0)) == (5.0, 15.0)


def test_a_tasks_own_exponential_waits_go_before_the_queues() -> None:
    policy = Policy(9, PLAIN.backoff, Backoff(2.0, 3.0, 30.0, 0.0))
    assert [delay(policy, n) for n in range(4)] == [2.0, 6.0, 18.0, 30.0]


def test_the_tasks_own_waits_go_in_turn_and_the_last_repeats() -> None:
    policy = Policy(9, PLAIN.backoff, (5.0, 50.0))
    assert [delay(policy, n) for n in range(3)] == [5.0, 50.0, 50.0]


def test_jitter_spreads_both_ways() -> None:
    policy = Policy(9, Backoff(10.0, 2.0, 60.0, 0.1), (10.0,))
    assert (delay(policy, 0, lambda: 0.0), delay(policy, 0, lambda: 1.0)) == (9.0, 11.0)


def test_an_error_whose_text_cannot_be_made_is_described_all_the_same() -> None:
    class Rude(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    kind, message, _ = describe(Rude())
    assert kind.endswith("Rude")
    assert message == "(its message could not be made)"
