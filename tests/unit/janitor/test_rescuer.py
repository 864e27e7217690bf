import logging
from typing import NamedTuple

import pytest

from janitor.duty import Pass
from janitor.rescuer import Rescuer, told


class Saved(NamedTuple):
    id: str
    queue: str
    buried: bool = False


def test_nothing_to_rescue_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    assert Rescuer(lambda _: [], 1.0).run_once() == Pass(0, None)
    assert not caplog.records


def test_a_rescue_is_told_by_queue(caplog: pytest.LogCaptureFixture) -> None:
    saved = [Saved("1-5-1", "default"), Saved("1-5-2", "default"), Saved("2-5-3", "low")]
    with caplog.at_level(logging.WARNING):
        assert Rescuer(lambda _: saved, 1.0).run_once() == Pass(3, None)
    assert caplog.messages == ["rescued 2 of queue default, 1 of queue low"]


def test_a_full_pass_asks_for_another_at_once() -> None:
    asked: list[int] = []

    def rescue(limit: int) -> list[Saved]:
        asked.append(limit)
        return [Saved(f"1-5-{n}", "default") for n in range(limit)]

    assert Rescuer(rescue, 1.0, limit=3).run_once() == Pass(3, 0.0)
    assert asked == [3]


def test_buried_jobs_are_named_but_not_all_of_many() -> None:
    line = told([Saved(f"1-5-{n}", "default", buried=True) for n in range(7)])
    assert line.startswith("7 of queue default; of these buried for crashing too often: 7 (1-5-0, ")
    assert line.endswith("1-5-4, …)")
