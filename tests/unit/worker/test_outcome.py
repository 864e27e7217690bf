import pytest

from engine import Backoff
from worker.outcome import Bury, Policy, Retry, decide, delay, describe

PLAIN = Policy(3, Backoff(1.0, 2.0, 60.0, 0.0))


@pytest.mark.parametrize(("attempts", "expected"), [(0, Retry(1.0)), (1, Retry(2.0)), (2, Retry(4.0)), (3, Bury())])
def test_retries_wait_longer_each_time_and_end(attempts: int, expected: object) -> None:
    assert expected == decide(PLAIN, attempts)


def test_the_jobs_own_retries_go_before_the_policys() -> None:
    assert decide(PLAIN, 0, retries=0) == Bury()
    assert decide(PLAIN, 5, retries=9) == Retry(32.0)


def test_what_cannot_succeed_is_not_tried_again() -> None:
    assert decide(PLAIN, 0, final=True) == Bury()


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
