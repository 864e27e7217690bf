"""The layout and its version belong together."""

from hypothesis import given
from hypothesis import strategies as st

from scoreboard import layout, states
from scoreboard.layout import Geometry, Keeper, Worker

CACHE_LINE = 64


def test_a_changed_layout_has_a_new_version():
    # When this fails: read the rule in layout.py, raise LAYOUT_VERSION if it says so, write both numbers here.
    assert (layout.LAYOUT_VERSION, layout.fingerprint()) == (4, 2827560017)


def test_the_numbers_of_states_never_change_their_meaning():
    # Append new ones; never renumber.
    assert [member.name for member in states.WorkerState] == [
        "EMPTY",
        "BOOTING",
        "IDLE",
        "BUSY",
        "QUIET",
        "DRAINING",
        "GONE",
    ]
    assert [member.name for member in states.EntryState] == ["FREE", "CLAIMED", "STARTED", "DONE"]
    for kind in (
        states.WorkerState,
        states.EntryState,
        states.ExitReason,
        states.SeatState,
        states.Intent,
        states.Cause,
    ):
        assert [member.value for member in kind] == list(range(len(kind)))


@given(slots=st.integers(1, layout.MAX_SLOTS), pools=st.integers(1, layout.MAX_POOLS))
def test_regions_follow_each_other_on_page_boundaries(slots, pools):
    geometry = Geometry.of(slots, pools)
    starts = [
        layout.POOLS_OFFSET,
        geometry.figures,
        geometry.seats,
        geometry.keepers,
        geometry.workers,
        geometry.series,
        geometry.aftermath,
    ]
    sizes = [
        pools * layout.POOL_STRIDE,
        pools * layout.FIGURES_STRIDE,
        slots * layout.SEAT_STRIDE,
        slots * layout.KEEPER_STRIDE,
        slots * layout.WORKER_STRIDE,
        slots * layout.SERIES_STRIDE,
        slots * layout.SERIES_STRIDE,
    ]
    ends = [start + size for start, size in zip(starts, sizes, strict=True)]
    assert all(end <= start for end, start in zip(ends, [*starts[1:], geometry.size], strict=True))
    assert all(start % layout.PAGE == 0 for start in starts)


def test_records_of_different_writers_share_no_cache_line():
    strides = [layout.WORKER_STRIDE, layout.KEEPER_STRIDE, layout.SEAT_STRIDE, layout.POOL_STRIDE]
    assert [stride % CACHE_LINE for stride in strides] == [0] * len(strides)


def test_every_word_lies_inside_its_record():
    entries = layout.ENTRIES * layout.ENTRY_WORDS
    assert Worker.IDS + entries <= Worker.MARKS
    assert (Worker.MARKS + entries) * layout.WORD <= layout.WORKER_STRIDE
    assert Worker.TASK * layout.WORD + layout.TASK_BYTES <= Worker.IDS * layout.WORD
    assert (max(Keeper) + 1) * layout.WORD <= layout.KEEPER_STRIDE
    assert layout.ENTRIES < 2**layout.FROM_BITS
