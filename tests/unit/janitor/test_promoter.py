import pytest

from engine.store.calls import Promoted
from janitor.duty import Pass
from janitor.promoter import Promoter, sleep_before


class FakeEngine:
    def __init__(self, *replies: tuple[int, float | None]) -> None:
        self.replies = [Promoted(*reply) for reply in replies]
        self.limits: list[int] = []

    def promote(self, limit: int = 0) -> Promoted:
        self.limits.append(limit)
        return self.replies.pop(0)


def test_with_nothing_scheduled_it_sleeps_its_interval() -> None:
    assert Promoter(FakeEngine((0, None)), 1.0).run_once() == Pass(0, 1.0)


def test_it_sleeps_no_longer_than_to_the_next_due_job() -> None:
    assert Promoter(FakeEngine((2, 0.25)), 1.0).run_once() == Pass(2, 0.25)


def test_a_job_due_tomorrow_does_not_stretch_the_interval() -> None:
    assert Promoter(FakeEngine((0, 86400.0)), 1.0).run_once() == Pass(0, 1.0)


def test_a_full_pass_asks_for_another_at_once_and_stays_bounded() -> None:
    engine = FakeEngine((10, 0.0))
    assert Promoter(engine, 1.0, limit=10).run_once() == Pass(10, 0.0)
    assert engine.limits == [10]


def test_a_record_that_will_not_move_makes_no_busy_loop() -> None:
    promoter = Promoter(FakeEngine(*[(0, 0.0)] * 12), 1.0)
    sleeps = [promoter.run_once().again_in for _ in range(12)]
    assert sleeps[0] == 0.005
    assert sleeps == sorted(sleeps)
    assert sleeps[-1] == 1.0


@pytest.mark.parametrize(
    ("due", "fruitless", "sleep"),
    [
        (None, 0, 2.0),
        (0.5, 0, 0.5),
        (9.0, 0, 2.0),
        (0.0, 0, 0.005),
        (-3.0, 1, 0.005),
        (-3.0, 2, 0.01),
        (0.0, 99, 2.0),
    ],
)
def test_the_sleep_follows_from_what_is_due(due: float | None, fruitless: int, sleep: float) -> None:
    assert sleep_before(due, 2.0, fruitless) == sleep
