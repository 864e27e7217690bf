import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.units import duration, shown, size


@pytest.mark.parametrize(
    ("given_", "seconds"),
    [
        ("30s", 30.0),
        ("1h30m", 5400.0),
        ("250ms", 0.25),
        ("5m", 300.0),
        ("2d", 172800.0),
        ("1.5h", 5400.0),
        (" 1m 5s ", 65.0),
        ("7", 7.0),
        ("0", 0.0),
        (5, 5.0),
        (0.5, 0.5),
    ],
)
def test_durations_are_seconds(given_, seconds):
    assert duration(given_) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "s",
        "5 minutes",
        "1:30",
        "-1s",
        -1,
        "1h1h",
        "5s2m",
        "30S",
        "1e3",
        "nan",
        math.nan,
        math.inf,
        True,
        None,
        [],
        {},
        "٣s",
        "9" * 400,
        10**400,
        "4000d",
    ],
)
def test_what_is_no_sane_duration_is_refused(value):
    with pytest.raises(ValueError, match=r"duration|too long"):
        duration(value)


@pytest.mark.parametrize(
    ("given_", "amount"),
    [
        ("300M", 300 << 20),
        ("1G", 1 << 30),
        ("64KiB", 65536),
        ("1.5g", 3 << 29),
        ("10MB", 10 << 20),
        ("0", 0),
        (1024, 1024),
        ("1024", 1024),
        ("2 T", 2 << 40),
    ],
)
def test_sizes_are_bytes_in_powers_of_1024(given_, amount):
    assert size(given_) == amount


@pytest.mark.parametrize("value", ["", "M", "-1", -1, "1P", "1.5.5K", 1.5, True, None, [], "9" * 400, 10**400, "9999T"])
def test_what_is_no_sane_size_is_refused(value):
    with pytest.raises(ValueError, match=r"size|too large"):
        size(value)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    for read in (duration, size):
        with suppress(ValueError):
            assert read(text) >= 0


def test_long_values_are_cut_short_in_messages():
    assert len(shown("x" * 1000)) < 70
