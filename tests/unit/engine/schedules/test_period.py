import pytest

from engine.schedules.period import longest_gap

NOW = 1_760_000_000  # a Thursday in October
HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("times", "longest"),
    [
        ("* * * * * * UTC", 1),
        ("*/5 * * * * UTC", 300),
        ("0 3 * * * UTC", DAY),
        ("0 9 * * 1-5 UTC", 3 * DAY),  # the weekend
        ("*/10 9-17 * * 1-5 UTC", 63 * HOUR + 600),  # Friday 17:50 to Monday 9:00
        ("* * 9-17 * * * UTC", 15 * HOUR + 1),  # the night, behind 32,400 slots a day
        ("0 0 1 * * UTC", 31 * DAY),
        ("0 9 * * 1-5 Europe/Berlin", 3 * DAY + HOUR),  # the clocks go back on a Sunday of that month
        ("@nonsense UTC", 0),
        ("0 3 * * * Nowhere/City", 0),
        ("", 0),
    ],
)
def test_the_longest_rest_between_slots_is_found(times: str, longest: int) -> None:
    at = NOW + 14 * DAY if "Berlin" in times else NOW
    assert longest_gap(times, at) == longest
