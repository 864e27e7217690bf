"""Seat, pool, figures and logger records: what was written is read, garbage is read as nothing."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard import Board, Cause, Intent, SeatState, decide
from scoreboard.layout import FIGURES_BYTES, Figures, Seat

WORDS = st.integers(0, 2**64 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)


@given(
    pool=WORDS,
    state=st.sampled_from(SeatState),
    intent=st.sampled_from(Intent),
    cause=st.sampled_from(Cause),
    numbers=st.tuples(WORDS, WORDS, WORDS, WORDS),
)
@settings(max_examples=50, deadline=None)
def test_a_seat_reads_as_it_was_written(board, pool, state, intent, cause, numbers):
    seat = board.seat(0)
    seat.assign(pool, 3)
    seat.enter(state, numbers[0])
    seat.intent, seat.cause = intent, cause
    seat.pid, seat.restarts, seat.rss = numbers[1:]
    assert board.seat(0).snapshot() == (
        pool, 3, state, numbers[1], numbers[0], numbers[2], cause, intent, numbers[3], None, None,
    )  # fmt: skip


@pytest.mark.parametrize(("code", "signal"), [(0, None), (3, None), (255, None), (None, 9), (None, None)])
def test_a_seat_remembers_how_its_last_process_ended(board, code, signal):
    seat = board.seat(1)
    seat.pid = 5
    seat.record_death(decide(code, signal, Intent.NONE, Cause.NONE))
    seen = seat.snapshot()
    assert (seen.pid, seen.exit_code, seen.exit_signal) == (0, code, signal)


def test_giving_a_seat_away_forgets_what_was(board):
    seat = board.seat(1)
    seat.record_death(decide(1, None, Intent.NONE, Cause.NONE))
    seat.restarts = 4
    seat.assign(1, 2)
    assert seat.snapshot() == (1, 2, SeatState.EMPTY, 0, 0, 0, Cause.NONE, Intent.NONE, 0, None, None)


@given(st.lists(WORDS, min_size=11, max_size=11))
@settings(max_examples=30, deadline=None)
def test_a_seat_of_garbage_is_read_without_an_error(board, words):
    board.seat(2)._words[: len(words)] = array("Q", words)
    assert isinstance(board.seat(2).snapshot().state, SeatState)


def test_a_number_no_state_has_reads_as_empty(board):
    board.seat(2)._words[Seat.STATE] = 999
    assert board.seat(2).state is SeatState.EMPTY


@given(st.text(max_size=100))
@settings(max_examples=50, deadline=None)
def test_a_pools_name_is_read_as_far_as_it_fits(board, name):
    pool = board.pool(0)
    pool.name, pool.desired, pool.generation = name, 4, 2
    assert name.encode("utf-8", "replace").decode().startswith(board.pool(0).name)
    assert (board.pool(0).desired, board.pool(0).generation) == (4, 2)


def test_a_pool_number_not_in_use_has_no_name(board):
    assert board.pool(1).name == ""


@given(JSON)
@settings(max_examples=50, deadline=None)
def test_figures_read_as_they_were_published(board, value):
    board.figures(0).publish(value, now_ns=9)
    assert board.figures(0).read() == value
    assert board.figures(0).written_ns == 9


def test_figures_never_published_read_as_none():
    with Board.create(1) as fresh:
        assert fresh.figures(0).read() is None


def test_figures_that_are_too_long_or_no_json_leave_the_old_ones(board):
    figures = board.figures(0)
    figures.publish({"a": 1})
    with pytest.raises(ValueError, match=str(FIGURES_BYTES)):
        figures.publish("x" * FIGURES_BYTES)
    with pytest.raises(TypeError):
        figures.publish({1, 2})
    assert figures.read() == {"a": 1}
    figures.publish("x" * (FIGURES_BYTES - 2))
    assert len(figures.read()) == FIGURES_BYTES - 2


@pytest.mark.parametrize("word", [Figures.SEQUENCE, Figures.LENGTH, Figures.CHECKSUM])
def test_half_written_figures_read_as_none(board, word):
    figures = board.figures(1)
    figures.publish([1, 2, 3])
    figures._words[word] += 1
    assert figures.read() is None
    figures.publish([4])
    assert figures.read() == [4]


def test_the_logger_adds_up(board):
    board.logger().add(written=10, lines=1)
    board.logger().add(written=5, dropped=7, lines=2)
    logger = board.logger()
    assert (logger.written_bytes, logger.dropped_bytes, logger.lines) == (15, 7, 3)
