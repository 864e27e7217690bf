import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from config.reload import Reload
from supervisor.pools.budget import Budget

SHARES = st.one_of(st.integers(0, 8), st.integers(0, 100).map("{}%".format))


@given(surge=SHARES, unavailable=SHARES, target=st.integers(1, 64))
def test_every_budget_that_is_accepted_lets_every_worker_be_replaced(surge, unavailable, target):
    try:
        rules = Reload(max_surge=surge, max_unavailable=unavailable)
    except ValidationError:
        assert {str(surge).strip("%"), str(unavailable).strip("%")} == {"0"}
        return
    budget = Budget.of(rules, target)
    assert budget.may_add(target) or budget.may_take(target)
    assert not budget.may_take(target - budget.unavailable)
    assert not budget.may_add(target + budget.surge)


@pytest.mark.parametrize(
    ("share", "workers", "surge", "unavailable"), [(2, 8, 2, 2), ("25%", 8, 2, 2), ("25%", 5, 2, 1), ("10%", 2, 1, 0)]
)
def test_parts_are_rounded_up_for_surge_and_down_for_what_may_be_missing(share, workers, surge, unavailable):
    rules = Reload(max_surge=share, max_unavailable=share)
    assert (rules.surge(workers), rules.unavailable(workers)) == (surge, unavailable)


@pytest.mark.parametrize("nonsense", ["-1", "101%", "x%", "1.5", -1])
def test_nonsense_is_refused(nonsense):
    with pytest.raises(ValidationError):
        Reload(max_surge=nonsense)


def test_a_pool_of_one_is_replaced_by_surge_alone():
    budget = Budget.of(Reload(), 1)
    assert budget.may_add(1)
    assert not budget.may_take(1)
    assert budget.may_take(2)
