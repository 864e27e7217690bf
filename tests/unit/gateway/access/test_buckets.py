import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access.buckets import Buckets, Rate, rate

STEPS = st.lists(st.tuples(st.floats(0, 3), st.sampled_from("ab")), max_size=60)


@pytest.mark.parametrize(
    ("text", "is_"),
    [("100/s", Rate(100, 100)), ("5/10s", Rate(5, 0.5)), ("60/m", Rate(60, 1)), ("1/500ms", Rate(1, 2))],
)
def test_a_rate_is_a_number_in_a_time(text: str, is_: Rate) -> None:
    assert rate(text) == is_


@pytest.mark.parametrize("text", ["", "5", "5/x", "-1/s", "1/s "])
def test_anything_else_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number and a time"):
        rate(text)


@given(steps=STEPS, most=st.integers(1, 5), per_second=st.floats(0.1, 5))
def test_no_span_of_time_lets_more_through_than_the_bucket_and_what_flows_into_it(
    steps: list[tuple[float, str]], most: int, per_second: float
) -> None:
    buckets, now = Buckets(), 0.0
    let: dict[str, list[float]] = {"a": [], "b": []}
    for gap, name in steps:
        now += gap
        if not buckets.wait(name, Rate(most, per_second), now):
            let[name].append(now)
    for times in let.values():
        for first in range(len(times)):
            for last in range(first, len(times)):
                allowed = most + (times[last] - times[first]) * per_second
                assert last - first + 1 <= allowed + 1e-6


@given(steps=STEPS, most=st.integers(1, 5), per_second=st.floats(0.1, 5))
def test_whoever_waits_as_long_as_was_said_is_let_through(
    steps: list[tuple[float, str]], most: int, per_second: float
) -> None:
    buckets, now, limit = Buckets(), 0.0, Rate(most, per_second)
    for gap, name in steps:
        now += gap
        wait = buckets.wait(name, limit, now)
        if wait:
            now += wait
            assert buckets.wait(name, limit, now) == 0.0


def test_looking_takes_nothing() -> None:
    buckets, limit = Buckets(), Rate(1, 1)
    assert [buckets.wait("a", limit, 0, take=False) for _ in range(3)] == [0, 0, 0]
    assert buckets.wait("a", limit, 0) == 0
    assert buckets.wait("a", limit, 0, take=False) == 1.0


@given(st.lists(st.text(max_size=3)))
def test_the_table_stays_as_small_as_it_should(names: list[str]) -> None:
    buckets = Buckets(names=3)
    for name in names:
        buckets.wait(name, Rate(1, 1), 0)
        assert len(buckets) <= 3


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    buckets, limit = Buckets(), Rate(1, 1)
    assert buckets.wait("a", limit, 100) == 0
    assert buckets.wait("a", limit, 50) > 0
