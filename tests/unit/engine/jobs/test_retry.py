"""When a job that failed is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Backoff


@pytest.mark.parametrize(("attempt", "expected"), [(1, 1), (2, 2), (3, 4), (12, 2048), (13, 3600), (10_000, 3600)])
def test_delays_double_up_to_the_cap(attempt, expected):
    assert Backoff(jitter=0).delay(attempt) == expected


@given(st.integers(-5, 10**6), st.floats(0, 1), st.floats(0, 1))
def test_jitter_spreads_by_its_share_and_never_beyond_the_cap(attempt, jitter, chance):
    plain = Backoff(jitter=0).delay(attempt)
    spread = Backoff(jitter=jitter).delay(attempt, lambda: chance)
    assert plain * (1 - jitter) - 1e-6 <= spread <= min(plain * (1 + jitter) + 1e-6, 3600)
