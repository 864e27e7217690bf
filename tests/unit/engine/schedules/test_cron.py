"""Cron against its stated rules: a slow walk over every minute of the clock, by another way, says the same."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.schedules.cron import Cron, chance

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
BEGIN = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
END = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
# minute and hour sets, as (expression, minutes, hours)
PLAIN = [
    ("*/30 * * * *", {0, 30}, set(range(24))),
    ("15 * * * *", {15}, set(range(24))),
    ("*/15 2 * * *", {0, 15, 30, 45}, {2}),
    ("*/30 1,3 * * *", {0, 30}, {1, 3}),
]
SET_TIMES = [
    ("30 2 * * *", {30}, {2}),
    ("15 1,2 * * *", {15}, {1, 2}),
    ("0,15,45 0-3 * * *", {0, 15, 45}, {0, 1, 2, 3}),
    ("0 0 * * *", {0}, {0}),
    ("0 3 * * *", {0}, {3}),
]


def at(text, zone="UTC", fold=0):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp())


def shown(moments, zone):
    return [datetime.fromtimestamp(moment, ZoneInfo(zone)).strftime("%m-%d %H:%M%z") for moment in moments]


def all_of(cron, begin=BEGIN, end=END):
    return cron.between(begin, end, 10**6)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("expression", "minutes", "hours"), PLAIN)
def test_over_two_years_what_runs_all_the_time_follows_the_clock_on_the_wall(zone, expression, minutes, hours):
    there = ZoneInfo(zone)
    expected = []
    for moment in range(BEGIN + 900, END + 1, 900):
        wall = datetime.fromtimestamp(moment, there)
        if wall.minute in minutes and wall.hour in hours:
            expected.append(moment)
    assert all_of(Cron(expression, zone)) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("expression", "minutes", "hours"), SET_TIMES)
def test_over_two_years_a_set_time_comes_once_a_day_whatever_the_clock_does(zone, expression, minutes, hours):
    there = ZoneInfo(zone)
    seen, expected = set(), []
    before = datetime.fromtimestamp(BEGIN, there).replace(tzinfo=None)
    for moment in range(BEGIN + 900, END + 1, 900):
        wall = datetime.fromtimestamp(moment, there).replace(tzinfo=None)
        come = set()
        while before < wall:  # the times that the clock jumped over have come too
            before += timedelta(minutes=15)
            if before.minute in minutes and before.hour in hours:
                come.add(before)
        before = wall
        if come - seen:
            expected.append(moment)
        seen |= come
    assert all_of(Cron(expression, zone)) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("expression", [row[0] for row in PLAIN + SET_TIMES])
def test_looking_back_finds_what_looking_ahead_found(zone, expression):
    cron = Cron(expression, zone)
    # October and November: every zone here changes its clock
    slots = all_of(cron, END - 90 * 86400, END - 30 * 86400)
    assert [cron.last(slot) for slot in slots[1:]] == slots[1:]
    assert [cron.last(slot - 1) for slot in slots[1:]] == slots[:-1]


@pytest.mark.parametrize(
    ("zone", "expression", "day", "runs"),
    [
        ("Europe/Berlin", "30 2 * * *", "2026-03-29", ["03-29 03:00+0200"]),
        ("Europe/Berlin", "30 2 * * *", "2026-10-25", ["10-25 02:30+0200"]),
        ("Europe/Berlin", "15,45 2 * * *", "2026-03-29", ["03-29 03:00+0200"]),
        ("Europe/Berlin", "*/30 2 * * *", "2026-03-29", []),
        ("Europe/Berlin", "*/30 2 * * *", "2026-10-25",
         ["10-25 02:00+0200", "10-25 02:30+0200", "10-25 02:00+0100", "10-25 02:30+0100"]),
        ("America/New_York", "30 1 * * *", "2026-11-01", ["11-01 01:30-0400"]),
        ("America/New_York", "30 2 * * *", "2026-03-08", ["03-08 03:00-0400"]),
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-04", ["10-04 02:30+1100"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2026-04-05", ["04-05 01:45+1100"]),
        ("Australia/Lord_Howe", "0 0 3 * * *", "2026-10-04", ["10-04 03:00+1100"]),
        ("Australia/Lord_Howe", "*/10 3 * * *", "2026-04-05",
         [f"04-05 03:{minute:02}+1030" for minute in range(0, 60, 10)]),
        ("UTC", "0 0 12 * * *", "2026-10-25", ["10-25 12:00+0000"]),
    ],
)  # fmt: skip
def test_the_days_on_which_clocks_change(zone, expression, day, runs):
    begin = at(f"{day}T00:00:00", zone) - 1
    assert shown(Cron(expression, zone).between(begin, begin + 23 * 3600, 100), zone) == runs


@given(
    zone=st.sampled_from((*ZONES, "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns")),
    minute=st.sampled_from(["*", "*/7", "0", "30", "5,50", "1-3"]),
    hour=st.sampled_from(["*", "*/5", "0", "2", "1-3", "23"]),
    day=st.sampled_from(["* * *", "1 * *", "* * MON", "29 2 *", "L * *", "* * 5#2", "13 * FRI"]),
    moment=st.integers(1_262_304_000, 2_208_988_800),
)
@settings(deadline=None)
def test_next_and_last_agree_and_nothing_lies_between(zone, minute, hour, day, moment):
    cron = Cron(f"{minute} {hour} {day}", zone)
    following, before = cron.after(moment), cron.last(moment)
    assert following is not None
    assert before is not None
    assert before <= moment < following
    assert cron.after(before) == following
    assert cron.last(following) == following
    assert cron.last(following - 1) == before
    if before < moment:
        assert cron.after(before - 1) == before


@given(slots=st.integers(0, 2_000_000_000), spread=st.floats(0, 10_000), step=st.sampled_from(["*", "*/5", "0"]))
@settings(deadline=None)
def test_jitter_never_reaches_the_next_slot_and_is_the_same_everywhere(slots, spread, step):
    cron = Cron(f"{step} * * * *")
    slot = cron.after(slots)
    due = cron.due(slot, "nightly", spread)
    assert slot <= due <= slot + spread
    assert due <= cron.after(slot)
    assert due == Cron(f"{step} * * * *").due(slot, "nightly", spread)


def test_jitter_spreads_schedules_of_the_same_slot():
    values = [chance(f"s{n}", 1_700_000_000) for n in range(1000)]
    assert 0 <= min(values) < 0.02
    assert 0.98 < max(values) < 1
    assert 0.45 < sum(values) / 1000 < 0.55


def test_the_next_runs_are_a_preview():
    runs = Cron("0 3 * * *", "Europe/Berlin").upcoming(at("2026-03-28T12:00:00"), 3)
    assert shown(runs, "UTC") == ["03-29 01:00+0000", "03-30 01:00+0000", "03-31 01:00+0000"]


def test_seconds_may_stand_in_front():
    assert Cron("*/15 * * * * *").upcoming(0, 4) == [15, 30, 45, 60]


@pytest.mark.parametrize(
    "expression", ["", "* * * *", "61 * * * *", "x", "* * 31 2 *", "0 0 31 4,6 *", "* * * * * * *"]
)
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(ValueError, match=r"cron expression|never fires"):
        Cron(expression)


@pytest.mark.parametrize("zone", ["", "Berlin", "../etc", "America", "europe/berlin\0"])
def test_what_is_no_zone_is_refused(zone):
    with pytest.raises(ValueError, match="time zone"):
        Cron("* * * * *", zone)
