"""Counters and histograms: right against a model, and carried on by the next worker in the slot."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard import BUCKETS, OUTCOMES, Board, SeriesKind, SeriesTable
from scoreboard.layout import SERIES_ROWS, SERIES_STRIDE, SeriesHead

DURATIONS = st.lists(st.integers(0, 10**12), max_size=120)


@pytest.fixture
def table() -> SeriesTable:
    return SeriesTable(memoryview(bytearray(SERIES_STRIDE)).cast("Q"))


def again(table: SeriesTable) -> SeriesTable:
    return SeriesTable(table._words)


def model(durations):
    buckets = [0] * len(BUCKETS)
    for duration in durations:
        buckets[next(i for i, bound in enumerate(BUCKETS) if duration <= bound * 1e9)] += 1
    return tuple(buckets)


@given(many=DURATIONS, single=DURATIONS)
@settings(max_examples=60, deadline=None)
def test_durations_fall_into_their_buckets_however_they_come(many, single):
    table = SeriesTable(memoryview(bytearray(SERIES_STRIDE)).cast("Q"))
    row = table.row("default", "resize")
    row.observe_many(many)
    for duration in single:
        row.observe(duration)
    [seen] = table.rows()
    assert seen.buckets == model(many + single)
    assert (seen.count, seen.sum_ns) == (len(many + single), sum(many + single))


def test_a_bound_belongs_to_its_own_bucket(table):
    table.row("q", "t").observe_many([1_000_000, 1_000_001, 300 * 10**9, 300 * 10**9 + 1])
    assert table.rows()[0].buckets == (1, 1, *[0] * 13, 1, 1)


def test_a_clock_that_went_backwards_counts_as_zero(table):
    row = table.row("q", "t")
    row.observe(-5)
    row.observe_many([-7, 3])
    assert (table.rows()[0].sum_ns, table.rows()[0].count) == (3, 3)


def test_outcomes_are_counted(table):
    row = table.row("q", "t")
    row.add(completed=100)
    row.add(1, **{outcome: n for n, outcome in enumerate(OUTCOMES[1:], 2)})
    row.add(crashed=1)
    expected = {"completed": 101, "retried": 2, "dead": 3, "released": 4, "lost": 5}
    expected |= {"discarded": 6, "expired": 7, "cancelled": 8, "crashed": 10}
    assert table.rows()[0].outcomes == expected
    assert again(table).rows() == table.rows()


def test_what_came_of_the_dead_workers_jobs_stands_apart_from_what_the_worker_counts():
    with Board.create(2, 1) as board:
        board.series(1).row("q", "t").add(completed=1)
        board.aftermath(1).row("q", "t").add(crashed=1)
        board.aftermath(1).row("q", "t").add(crashed=1)
        assert board.series(1).rows()[0].outcomes["crashed"] == 0
        assert board.aftermath(1).rows()[0].outcomes["crashed"] == 2
        assert board.aftermath(0).rows() == []


def test_the_next_worker_in_the_slot_goes_on_counting(table):
    row = table.row("q", "t")
    row.add(completed=5)
    row.observe(7, n=5)
    successor = again(table).row("q", "t")
    successor.add(completed=2)
    successor.observe(7, n=2)
    [seen] = again(table).rows()
    assert (seen.outcomes["completed"], seen.count, seen.sum_ns) == (7, 7, 49)


def test_waits_have_rows_of_their_own(table):
    table.row("q", "").observe(9)
    table.row("q", "t").observe(8)
    assert [(row.queue, row.type, row.kind) for row in table.rows()] == [
        ("q", "", SeriesKind.WAITS),
        ("q", "t", SeriesKind.JOBS),
    ]


def test_asking_again_finds_the_same_row(table):
    assert table.row("q", "t") is table.row("q", "t")
    assert len(table.rows()) == 1


def test_a_full_table_counts_the_rest_as_other(table):
    for number in range(SERIES_ROWS + 50):
        table.row("q", f"type-{number}").add(completed=1)
        table.row(f"queue-{number}", "").observe(1)
    rows = {(row.queue, row.type): row for row in table.rows()}
    assert len(rows) == SERIES_ROWS
    assert sum(row.outcomes["completed"] for row in rows.values()) == SERIES_ROWS + 50
    assert sum(row.count for row in rows.values()) == SERIES_ROWS + 50
    assert rows["(other)", "(other)"].outcomes["completed"] > 0
    assert rows["(other)", ""].kind is SeriesKind.WAITS
    successor = again(table)
    successor.row("q", "new").add(completed=1)
    assert len(successor.rows()) == SERIES_ROWS


@given(queue=st.text(min_size=1, max_size=300), type_=st.text(min_size=1, max_size=600))
@settings(max_examples=80, deadline=None)
def test_any_name_finds_its_row_again_after_a_restart(queue, type_):
    table = SeriesTable(memoryview(bytearray(SERIES_STRIDE)).cast("Q"))
    table.row(queue, type_).add(completed=1)
    again(table).row(queue, type_).add(completed=1)
    [seen] = table.rows()
    assert seen.outcomes["completed"] == 2
    if len(queue) <= 20 and len(type_) <= 40 and (queue + type_).isascii():
        assert (seen.queue, seen.type) == (queue, type_)


@given(st.binary(min_size=8, max_size=600))
@settings(max_examples=40, deadline=None)
def test_garbage_is_read_without_an_error_and_counted_over(noise):
    raw = bytearray((noise * (SERIES_STRIDE // len(noise) + 1))[:SERIES_STRIDE])
    table = SeriesTable(memoryview(raw).cast("Q"))
    table.rows()
    table.row("q", "t").add(completed=1)


def test_a_row_whose_making_was_cut_short_is_made_anew(table):
    table.row("q", "t").add(completed=5)
    table._words[SeriesHead.USED] = 0  # killed before the row was counted in
    fresh = again(table)
    fresh.row("q", "u").add(completed=1)
    [seen] = fresh.rows()
    assert (seen.type, seen.outcomes["completed"]) == ("u", 1)


def test_the_slots_of_a_board_count_apart(board: Board):
    board.series(0).row("q", "t").add(completed=1)
    board.series(1).row("q", "t").add(dead=1)
    assert board.series(0).rows()[0].outcomes["dead"] == 0
    assert array("Q", board.series(2)._words[:8]).tolist() == [0] * 8


def test_who_waited_too_long_is_counted_beside_the_waits_and_goes_on_after_a_restart() -> None:
    with Board.create(1, 1) as board:
        row = board.series(0).row("mail", "")
        row.observe_many([1, 2, 3])
        row.add_late(2)
        row.add(lost=1)
        board.series(0).row("mail", "").add_late(1)  # the next worker in the slot
        (seen,) = board.series(0).rows()
    assert (seen.late, seen.count) == (3, 3)
    assert {name: count for name, count in seen.outcomes.items() if count} == {"lost": 1}
