"""Times as callers give them."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import durations


@pytest.mark.parametrize(
    ("given", "expected"),
    [(0, 0), (1.5, 1.5), ("10s", 10), ("250ms", 0.25), ("1h30m", 5400), ("1d", 86400), (timedelta(minutes=1), 60)],
)
def test_a_duration_is_read_as_seconds(given, expected):
    assert durations.seconds(given) == expected


@pytest.mark.parametrize("given", ["", "10", "1x", "s", "-1s", -1, float("inf"), float("nan")])
def test_what_is_no_duration_is_refused(given):
    with pytest.raises(ValueError, match="duration"):
        durations.seconds(given)


def test_a_delay_is_sent_relative_to_the_stores_clock_and_a_time_as_it_is():
    assert durations.when("1s", None) == "+1000"
    assert durations.when(0, None) == ""
    assert durations.when(None, None) == ""
    assert durations.when(None, datetime(2026, 1, 1, tzinfo=UTC)) == "@1767225600000"


def test_a_time_without_a_zone_and_two_times_at_once_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        durations.when(None, datetime(2026, 1, 1))  # noqa: DTZ001 - the very mistake
    with pytest.raises(ValueError, match="not both"):
        durations.when(1, 1.0)
