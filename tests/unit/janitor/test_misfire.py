"""What is made up for after an outage, as a table; the schedule is every minute unless it says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.schedules.cron import Cron
from engine.schedules.schedule import Schedule
from janitor.misfire import LIMIT, ON_TIME, plan

NOW = 1_700_000_000 // 3600 * 3600  # a full hour


def planned(last, now=NOW + 1.0, cron="* * * * *", **keys):
    return plan(Cron(cron), Schedule(name="s", task="t", cron=cron, **keys), last, now)


def ago(*minutes):
    return [NOW - 60 * one for one in minutes]


@pytest.mark.parametrize(
    ("misfire", "misfire_max", "last", "late", "slots", "missed", "gone"),
    [
        # (policy, max age, minutes since the last turn, seconds after the newest slot) -> what fires
        ("once", 3600, 1, 1, [0], 0, None),  # on time
        ("skip", 3600, 1, 1, [0], 0, None),
        ("all", 3600, 1, 1, [0], 0, None),
        ("once", 3600, 5, 1, [0], 4, None),  # the one on time stands for those that were missed
        ("once", 3600, 5, 30, [0], 4, None),
        ("once", 20, 5, 30, [], 5, 0),
        ("once", 0, 1, 5, [0], 0, None),  # young enough is not missed
        ("skip", 3600, 5, 1, [0], 4, None),
        ("skip", 3600, 5, 30, [], 5, 0),
        ("all", 3600, 5, 30, [4, 3, 2, 1, 0], 0, None),
        ("all", 150, 5, 30, [2, 1, 0], 2, None),
        ("all", 20, 5, 30, [], 5, 0),
        ("once", 3600, 0, 30, [], 0, None),  # nothing is due
    ],
)
def test_what_is_fired_after_an_outage(misfire, misfire_max, last, late, slots, missed, gone):
    found = planned(NOW - 60 * last, NOW + late, misfire=misfire, misfire_max=misfire_max)
    assert found.slots == ago(*slots)
    assert found.missed == missed
    assert found.gone == (None if gone is None else NOW - 60 * gone)
    assert found.due == NOW + 60
    assert not found.more


def test_a_long_backlog_is_worked_off_in_bites():
    last, fired, passes = NOW - 60 * 50, 0, 0
    while True:
        found = planned(last, misfire="all", misfire_max=86400)
        fired, passes = fired + len(found.slots), passes + 1
        if not found.more:
            break
        assert len(found.slots) == LIMIT
        last = found.slots[-1]
    assert (fired, passes) == (50, 3)


def test_an_outage_of_years_is_no_longer_a_count():
    found = planned(NOW - 3 * 365 * 86400, cron="* * * * * *", misfire="skip")
    assert len(found.slots) == ON_TIME + 1
    assert found.missed == 1000


def test_what_never_comes_again_waits_for_nothing():
    assert planned(NOW, cron="0 0 29 2 *").due is not None


@given(
    misfire=st.sampled_from(["once", "skip", "all"]),
    back=st.integers(0, 5000),
    late=st.floats(0, 200),
    jitter=st.sampled_from([0.0, 1.0, 45.0, 4000.0]),
    most=st.sampled_from([0.0, 60.0, 3600.0]),
    cron=st.sampled_from(["* * * * *", "*/7 * * * *", "*/20 * * * * *", "0 * * * *"]),
)
def test_whatever_is_planned_is_due_in_order_and_leads_somewhere(misfire, back, late, jitter, most, cron):
    now, last = NOW + late, NOW - back
    found = planned(last, now, cron, misfire=misfire, misfire_max=most, jitter=jitter)
    times = Cron(cron)
    assert found.slots == sorted(set(found.slots))
    assert all(last < slot and times.due(slot, "s", jitter) <= now for slot in found.slots)
    assert all(now - times.due(slot, "s", jitter) <= max(most, ON_TIME) for slot in found.slots)
    assert found.due is not None
    if not found.slots and found.gone is None:
        assert found.due > now
        assert found.missed == 0
    elif not found.more:
        reached = found.slots[-1] if found.slots else found.gone
        again = planned(reached, now, cron, misfire=misfire, misfire_max=most, jitter=jitter)
        assert again == (again._replace(slots=[], missed=0, gone=None))
        assert again.due == found.due > now
