"""Rates out of two readings of counters."""

import pytest

from engine.charts.rates import Rate, rates


def parse(now, new, then, old):
    def rows(counts):
        return [word for name, count in counts.items() for word in (name.encode(), str(count).encode())]

    return rates().parse([now, rows(new), then, rows(old)])


def test_what_grew_since_the_earlier_reading_is_divided_by_the_time_between():
    found = parse(
        60_000, {"imail": 700, "dmail": 400, "at": 60_000}, 0 + 10_000, {"imail": 200, "dmail": 100, "at": 10_000}
    )
    assert found.window == 50
    assert found.queues["mail"] == Rate(in_per_s=10, done_per_s=6)
    assert found.total == found.queues["mail"]


def test_what_hosts_count_in_lots_is_divided_by_the_time_of_the_lots():
    # The last lot came 4 s ago: without that, the rate would sink and leap with each of them.
    found = parse(60_000, {"dq": 460, "at": 56_000}, 10_000, {"dq": 0, "at": 10_000})
    assert found.total.done_per_s == 10


def test_hosts_that_fell_silent_do_not_go_on_working():
    found = parse(100_000, {"dq": 100, "at": 45_000}, 40_000, {"dq": 0, "at": 40_000})
    assert found.total.done_per_s == pytest.approx(100 / 60)


def test_nothing_is_known_before_there_is_a_reading():
    found = parse(60_000, {"iq": 5}, 0, {})
    assert (found.window, found.total, found.told_at) == (0, Rate(), 0)
    assert parse(60_000, {}, 0, {}).queues == {}


def test_a_store_that_was_put_back_in_time_gives_no_negative_rate():
    assert parse(60_000, {"iq": 5}, 10_000, {"iq": 50}).total == Rate()


def test_the_total_is_the_sum_of_the_queues():
    found = parse(20_000, {"ia": 10, "ib": 20, "fb": 5, "ob": 2, "at": 20_000}, 10_000, {"at": 10_000})
    assert found.total == Rate(3, 0.2, 0, 0.5)
    assert found.total.jobs_per_s == 0.5
