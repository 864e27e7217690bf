import logging
from collections.abc import Mapping

import pytest

from engine.store.calls import Rescued
from janitor.duty import Pass
from janitor.rescuer import GRACE, SLOWEST, Rescuer, told


class FakeEngine:
    def __init__(self, rescued: list[Rescued]) -> None:
        self.rescued = rescued
        self.calls: list[tuple[int, float, int, Mapping[str, int] | None]] = []

    def rescue(
        self, limit: int = 0, *, grace: float = 0, max_crashes: int = 0, by_queue: Mapping[str, int] | None = None
    ) -> list[Rescued]:
        self.calls.append((limit, grace, max_crashes, by_queue))
        return self.rescued[:limit]


def rescuer(engine: FakeEngine, interval: float = 1.0, limit: int = 200) -> Rescuer:
    return Rescuer(engine, interval, max_crashes=3, by_queue={"critical": 1}, limit=limit)


def saved(number: int, queue: str = "default", *, buried: bool = False) -> Rescued:
    return Rescued(f"1-5-{number}", queue, buried)


def test_nothing_to_rescue_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    assert rescuer(FakeEngine([])).run_once() == Pass(0, None)
    assert not caplog.records


def test_each_queue_has_its_own_crash_limit() -> None:
    engine = FakeEngine([])
    rescuer(engine, limit=7).run_once()
    assert engine.calls == [(7, GRACE, 3, {"critical": 1})]


def test_a_slow_janitor_takes_its_own_pace_for_no_outage() -> None:
    engine = FakeEngine([])
    rescuer(engine, interval=4.0).run_once()
    assert engine.calls[0][1] == 4.0


def test_it_sweeps_often_enough_for_workers_not_to_step_in() -> None:
    assert rescuer(FakeEngine([]), interval=3600.0).interval == SLOWEST


def test_a_rescue_is_told_by_queue(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert rescuer(FakeEngine([saved(1), saved(2), saved(3, "low")])).run_once() == Pass(3, None)
    assert caplog.messages == ["rescued 2 of queue default, 1 of queue low"]


def test_a_full_pass_asks_for_another_at_once() -> None:
    engine = FakeEngine([saved(number) for number in range(9)])
    assert rescuer(engine, limit=3).run_once() == Pass(3, 0.0)


def test_buried_jobs_are_named_but_not_all_of_many() -> None:
    line = told([saved(number, buried=True) for number in range(7)])
    assert line.startswith("7 of queue default; of these buried for crashing too often: 7 (1-5-0, ")
    assert line.endswith("1-5-4, …)")
