from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from supervisor.services.wall_clock import CronClock

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def test_it_strikes_once_at_its_time_in_its_zone():
    clock = CronClock("0 3 * * *", "Europe/Berlin", at("2026-06-01T02:00"))
    assert not clock.strikes(at("2026-06-01T02:59:59"))
    assert clock.wait(at("2026-06-01T02:59:59")) == 1.0
    assert clock.strikes(at("2026-06-01T03:00:00"))
    assert not clock.strikes(at("2026-06-01T03:00:01"))
    assert clock.strikes(at("2026-06-02T03:00:00"))


def test_many_times_that_were_slept_through_are_one():
    clock = CronClock("* * * * *", "UTC", 0.0)
    assert clock.strikes(86400.0 * 365)
    assert not clock.strikes(86400.0 * 365 + 1)


@pytest.mark.parametrize(
    ("before", "strikes"),
    [("2026-03-29T01:59", ["2026-03-29T03:00"]), ("2026-10-25T02:29", ["2026-10-25T02:30"])],
)
def test_a_time_that_a_change_of_the_clock_leaves_out_has_its_turn_and_one_that_comes_twice_counts_once(
    before, strikes
):
    start = at(before)
    clock = CronClock("30 2 * * *", "Europe/Berlin", start)
    struck = [minute for minute in range(6 * 60) if clock.strikes(start + 60 * minute)]
    assert [start + 60 * minute for minute in struck] == [at(text) for text in strikes]


def test_a_clock_that_stood_in_the_future_and_is_set_back_strikes_in_time():
    clock = CronClock("0 3 * * *", "UTC", 4e9)
    assert not clock.strikes(86400.0)
    assert clock.strikes(86400.0 + 3 * 3600)


def test_a_clock_that_is_set_forward_an_hour_strikes_once_and_not_again_when_it_is_set_back_before_the_time():
    clock = CronClock("0 3 * * *", "UTC", 2.5 * 3600)
    assert clock.strikes(3.5 * 3600)
    assert not clock.strikes(3.6 * 3600)
