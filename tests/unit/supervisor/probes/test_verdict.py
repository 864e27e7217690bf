from hypothesis import given
from hypothesis import strategies as st

from supervisor.probes.verdict import Health, Tally, judge


def judged(answers: str, *, failures: int = 3, grace: float = 0.0) -> Tally:
    """The tally after answers a second apart: + good, - bad."""
    tally = Tally()
    for second, answer in enumerate(answers):
        tally = judge(tally, good=answer == "+", age=float(second), failures=failures, grace=grace)
    return tally


def test_nothing_is_known_before_the_first_answer_that_counts() -> None:
    assert Tally().health is Health.UNKNOWN
    assert judged("--").health is Health.UNKNOWN


def test_only_so_many_bad_answers_in_a_row_make_it_unhealthy() -> None:
    assert judged("--+--+--").health is Health.HEALTHY
    assert judged("+---").health is Health.UNHEALTHY
    assert judged("---").health is Health.UNHEALTHY
    assert judged("+-", failures=1).health is Health.UNHEALTHY


def test_bad_answers_within_the_grace_count_only_after_a_good_one() -> None:
    assert judged("-----", grace=5.0) == Tally()
    assert judged("-------", grace=5.0).bad == 2
    assert judged("-+---", grace=5.0).health is Health.UNHEALTHY


@given(st.text("+-", max_size=40), st.integers(1, 5), st.floats(0, 50))
def test_it_is_unhealthy_never_without_that_many_bad_ones_at_the_end(answers: str, failures: int, grace: float) -> None:
    tally = judged(answers, failures=failures, grace=grace)
    if answers.endswith("+"):
        assert tally == Tally(Health.HEALTHY, 0, good_once=True)
    if tally.health is Health.UNHEALTHY:
        assert answers.endswith("-" * failures)
