"""Counts as bytes, and percentiles of histograms."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.charts.vector import BOUNDS, grow, pack, percentile, spans, unpack
from scoreboard import FINE_NS

COUNTS = st.dictionaries(st.integers(1, 255), st.integers(0, 2**53 - 1), max_size=80)


@given(COUNTS)
def test_counts_come_back_as_they_were(counts):
    assert unpack(pack(counts)) == {number: count for number, count in counts.items() if count}


@given(COUNTS, st.integers(1, 255))
def test_only_the_numbers_that_are_wanted_are_read(counts, upto):
    assert unpack(pack(counts), upto) == {n: count for n, count in counts.items() if count and n <= upto}


@given(st.binary(max_size=60))
def test_bytes_that_are_no_counts_raise_nothing(data):
    unpack(data)
    list(spans(data))


@given(COUNTS, COUNTS, COUNTS)
def test_the_order_in_which_counts_are_added_up_does_not_matter(a, b, c):
    assert grow(grow(dict(a), b), c) == grow(dict(a), grow(dict(b), c))


@given(st.lists(st.tuples(st.integers(0, 239), COUNTS), max_size=8))
def test_entries_are_read_from_the_end(entries):
    text = b"".join(
        packed + bytes((len(packed) >> 8, len(packed) & 255, span))
        for span, packed in ((span, pack(counts)) for span, counts in entries)
    )
    assert list(spans(text)) == [(span, pack(counts)) for span, counts in reversed(entries)]


def test_the_buckets_are_those_of_the_scoreboard():
    assert [round(bound * 1e9) for bound in BOUNDS[:-1]] == list(FINE_NS)


def bucket(value):
    return next(place for place, bound in enumerate(BOUNDS) if value <= bound)


def histogram(values):
    buckets = [0] * len(BOUNDS)
    for value in values:
        buckets[bucket(value)] += 1
    return buckets


@given(st.lists(st.floats(0.000_11, 40_000), min_size=1, max_size=60), st.floats(0.01, 1))
def test_a_percentile_is_in_the_bucket_of_the_true_one(values, share):
    true = sorted(values)[max(0, math.ceil(share * len(values) - 1e-9) - 1)]
    found = percentile(histogram(values), share)
    assert abs(bucket(found) - bucket(true)) <= 1  # a bound belongs to the bucket below
    assert true / 1.4143 <= found <= true * 1.4143


@pytest.mark.parametrize(("share", "worst"), [(0.5, 0.05), (0.95, 0.05), (0.99, 0.08)])
def test_of_run_times_as_they_are_it_is_off_by_a_few_percent(share, worst):
    chance = random.Random(7)
    values = sorted(chance.lognormvariate(-3, 1.2) for _ in range(20_000))
    true = values[round(share * len(values))]
    assert percentile(histogram(values), share) == pytest.approx(true, rel=worst)


def test_the_ends_of_the_scale():
    assert percentile([0] * 60, 0.5) is None
    assert percentile([4, *[0] * 59], 0.5) == pytest.approx(0.000_05)
    assert percentile([*[0] * 59, 4], 0.5) == BOUNDS[-2]
