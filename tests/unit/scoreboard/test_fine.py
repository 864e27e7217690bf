"""Fine histograms beside the rows, and the sums of a board."""

import os
from bisect import bisect_left

from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard import FINE_NS, Board, SeriesKind, sums

DURATIONS = st.lists(st.integers(0, 10**14), max_size=40)


@given(DURATIONS, DURATIONS)
@settings(max_examples=40, deadline=None)
def test_every_duration_is_in_its_bucket_good_runs_and_others_apart(good, bad):
    with Board.create(2) as board:
        for slot in (0, 1):
            row = board.series(slot).row("q", "t")
            row.observe_many(good)
            row.observe_many(bad, failed=True)
        found = sums(board).get((SeriesKind.JOBS, "q", "t"))
    if not good + bad:
        assert found is None
        return
    assert found is not None
    for durations, buckets in ((good, found.runs), (bad, found.failed)):
        expected = [0] * 60
        for duration in durations:
            expected[bisect_left(FINE_NS, duration)] += 2
        assert buckets == expected
    assert (found.failed_ns, found.sum_ns) == (2 * sum(bad), 2 * sum(good + bad))


def test_the_next_worker_in_a_slot_counts_on_and_one_gone_is_not_forgotten():
    with Board.create(3) as board:
        board.series(2).row("q", "t").observe_many([5, 10**9])
        board.series(2).row("q", "t").observe_many([5])
        board.aftermath(1).row("q", "t").add(crashed=1)
        found = sums(board)[SeriesKind.JOBS, "q", "t"]
    assert (found.count, found.runs[0], found.outcomes["crashed"]) == (3, 2, 1)


def test_slots_that_never_counted_cost_no_memory():
    with Board.create(512) as board:
        board.series(3).row("q", "t").observe_many([5])
        before = _blocks(board)
        sums(board)
        assert _blocks(board) == before


def _blocks(board):
    return os.fstat(board.fd).st_blocks
