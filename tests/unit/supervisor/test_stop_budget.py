"""Whether a stop fits into what the init system allows."""

from types import SimpleNamespace
from typing import Any

from supervisor.shutdown import Stage
from supervisor.stop_budget import LIMIT_VARIABLE, complaint, longest_stop


def stages(*timeouts: tuple[float, ...]) -> list[Stage]:
    wards: list[list[Any]] = [[SimpleNamespace(stop_timeout=one) for one in stage] for stage in timeouts]
    return [Stage("s", stage) for stage in wards]


def test_stages_follow_one_another_and_wards_of_one_leave_together() -> None:
    assert longest_stop(stages((30.0, 10.0), (5.0,))) == 35.0


def test_a_stop_that_would_be_cut_short_is_complained_of() -> None:
    wanted = stages((30.0,), (10.0,))
    assert complaint(wanted, {}) == ""
    assert complaint(wanted, {LIMIT_VARIABLE: "40"}) == ""
    assert "40 s" in complaint(wanted, {LIMIT_VARIABLE: "30"})
    assert "no number" in complaint(wanted, {LIMIT_VARIABLE: "soon"})
