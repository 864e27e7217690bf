import logging
from collections.abc import Callable

import pytest

from engine.errors import StoreDown, StoreFull
from janitor.duty import Pass
from janitor.runner import LONGEST_BACKOFF, Runner, backoff


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Chore:
    def __init__(self, name: str, interval: float, act: Callable[[], Pass] = lambda: Pass(0)) -> None:
        self.name, self.interval, self.act = name, interval, act
        self.runs = 0

    def run_once(self) -> Pass:
        self.runs += 1
        return self.act()


class Stop:
    def __init__(self, clock: Clock, after: int) -> None:
        self.clock, self.left = clock, after
        self.sleeps: list[float] = []

    @property
    def asked(self) -> bool:
        return self.left <= 0

    def wait(self, seconds: float) -> bool:
        self.sleeps.append(seconds)
        self.clock.now += seconds
        self.left -= 1
        return self.asked


class Herd:
    """A runner with a fake clock; `passes` is how many it may make."""

    def __init__(self, *chores: Chore, passes: int = 1) -> None:
        self.clock = Clock()
        self.stop = Stop(self.clock, passes)
        self.runner = Runner(chores, self.stop, self.clock)


def raises(error: Exception) -> Callable[[], Pass]:
    def act() -> Pass:
        raise error

    return act


def test_all_duties_run_in_the_first_pass() -> None:
    chores = Chore("promote", 1), Chore("prune", 5)
    herd = Herd(*chores)
    herd.runner.run()
    assert [chore.runs for chore in chores] == [1, 1]
    assert herd.stop.sleeps == [1.0]


def test_each_duty_keeps_its_own_interval() -> None:
    fast, slow = Chore("fast", 1), Chore("slow", 5)
    Herd(fast, slow, passes=10).runner.run()
    assert (fast.runs, slow.runs) == (10, 2)


def test_a_duty_may_ask_for_its_next_pass_earlier() -> None:
    eager = Chore("promote", 1, lambda: Pass(3, 0.2))
    herd = Herd(eager, passes=3)
    herd.runner.run()
    assert herd.stop.sleeps == pytest.approx([0.2, 0.2, 0.2])


def test_a_duty_cannot_put_itself_off_beyond_its_interval() -> None:
    herd = Herd(Chore("promote", 1, lambda: Pass(0, 3600.0)))
    herd.runner.run()
    assert herd.stop.sleeps == [1.0]


def test_a_duty_with_more_to_do_does_not_starve_the_others() -> None:
    greedy, modest = Chore("greedy", 1, lambda: Pass(1000, 0.0)), Chore("modest", 1)
    herd = Herd(greedy, modest, passes=5)
    herd.runner.run()
    assert herd.stop.sleeps == [0.0] * 5
    assert (greedy.runs, modest.runs) == (5, 1)
    herd.clock.now += 1
    herd.runner.sweep()
    assert modest.runs == 2


def test_one_failing_duty_stops_no_other_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    bad, good = Chore("bad", 1, raises(KeyError("oops"))), Chore("good", 1)
    herd = Herd(bad, good, passes=3)
    herd.runner.run()
    assert (bad.runs, good.runs) == (3, 3)
    assert [record.getMessage() for record in caplog.records] == ["duty bad: 'oops'"]
    assert caplog.records[0].exc_info


def test_a_failed_duty_that_works_again_is_said_to_be_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    chore = Chore("prune", 1, raises(ValueError("no")))
    herd = Herd(chore)
    herd.runner.sweep()
    chore.act = lambda: Pass(0)
    herd.clock.now += 1
    herd.runner.sweep()
    assert caplog.messages == ["duty prune: no", "duty prune: well again after 1.0 s and 1 failed tries"]


def test_the_store_being_away_is_said_once_and_its_return_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    chore = Chore("promote", 1, raises(StoreDown("refused")))
    herd = Herd(chore, passes=20)
    herd.runner.run()
    assert herd.stop.sleeps[:4] == [0.1, 0.2, 0.4, 0.8]
    assert max(herd.stop.sleeps) == LONGEST_BACKOFF
    chore.act = lambda: Pass(0)
    herd.runner.sweep()
    assert len(caplog.messages) == 2
    assert caplog.messages[0] == "store: refused"
    assert caplog.messages[1].startswith("store: well again after")


def test_duties_cut_off_by_an_outage_run_first_thing_after_it() -> None:
    first, second = Chore("first", 60, raises(StoreDown("gone"))), Chore("second", 60)
    herd = Herd(first, second)
    herd.runner.sweep()
    first.act = lambda: Pass(0)
    herd.runner.sweep()
    assert (first.runs, second.runs) == (2, 1)


def test_a_stop_asked_for_before_the_first_pass_makes_none() -> None:
    chore = Chore("promote", 1)
    Herd(chore, passes=0).runner.run()
    assert chore.runs == 0


def test_what_the_engine_names_needs_no_stack(caplog: pytest.LogCaptureFixture) -> None:
    herd = Herd(Chore("promote", 1, raises(StoreFull("no room"))))
    herd.runner.run()
    assert caplog.messages == ["duty promote: no room"]
    assert not caplog.records[0].exc_info


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0.1), (1, 0.1), (2, 0.2), (5, 1.0), (10_000, 1.0)])
def test_the_backoff_doubles_and_is_capped(failures: int, seconds: float) -> None:
    assert backoff(failures) == pytest.approx(seconds)
