"""What one process writes of itself and of its jobs, any reader copies unchanged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard import ENTRIES, Board, EntryState, ExitReason, WorkerRecord, WorkerState

WORDS = st.integers(0, 2**64 - 1)
JOBS = st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), max_size=ENTRIES)


def begun(board: Board, slot: int = 0, incarnation: int = 1) -> WorkerRecord:
    record = board.worker(slot)
    record.begin(100, incarnation, 1, now_ns=5)
    return record


def jobs(count: int) -> list[tuple[int, int, int, int]]:
    return [(0, 1, seq, 10 + seq) for seq in range(count)]


def states(record: WorkerRecord) -> list[EntryState]:
    return [entry.state for entry in record.snapshot().entries]


@given(pid=WORDS, incarnation=WORDS, generation=WORDS, now=WORDS, batch=JOBS, claimed=WORDS, task=st.text(max_size=16))
@settings(max_examples=60, deadline=None)
def test_what_was_written_is_read(board, pid, incarnation, generation, now, batch, claimed, task):
    record = board.worker(1)
    record.begin(pid, incarnation, generation, now)
    record.claim(batch, claimed)
    record.set_task(task)
    seen = Board.worker(board, 1).snapshot()
    assert (seen.pid, seen.incarnation, seen.generation) == (pid, incarnation, generation)
    assert (seen.started_at_ns, seen.beat_ns, seen.claimed_ns) == (now, now, claimed)
    assert [entry[:4] for entry in seen.entries] == batch
    assert all(entry.state is EntryState.CLAIMED for entry in seen.entries)
    assert task.encode("utf-8", "replace").decode().startswith(seen.task)
    assert not seen.torn


def test_a_new_worker_finds_nothing_of_its_predecessor_but_the_batch_number(board):
    record = begun(board, incarnation=7)
    record.claim(jobs(3), 1, call=9)
    record.set_task("resize")
    record.count_jobs(5)
    record.set_in_flight(10)
    record.leave(ExitReason.RECYCLE_MEMORY)
    before = record.snapshot()
    assert (before.exit_reason, before.state) == (ExitReason.RECYCLE_MEMORY, WorkerState.GONE)

    after = begun(board, incarnation=8).snapshot()
    assert after.entries == ()
    assert board.worker(0).batch == 0  # only the writer knows it without a snapshot
    assert after.batch > before.batch == record.batch
    assert (after.task, after.jobs_done, after.in_flight, after.call) == ("", 0, 0, 0)
    assert (after.exit_reason, after.state) == (ExitReason.NONE, WorkerState.BOOTING)


def test_each_job_shows_how_far_it_has_come(board):
    record = begun(board)
    record.claim(jobs(4), 1)
    assert record.start(0, 100, 900)
    record.done(0)
    assert record.start(1, 200, 0)
    record.free(2)
    entries = record.snapshot().entries
    assert [entry.state for entry in entries] == [
        EntryState.DONE,
        EntryState.STARTED,
        EntryState.FREE,
        EntryState.CLAIMED,
    ]
    assert [(entry.started_ns, entry.hard_ns) for entry in entries] == [(100, 900), (200, 0), (0, 0), (0, 0)]


def test_a_new_batch_has_no_marks_of_the_old_one(board):
    record = begun(board)
    record.claim(jobs(2), 1)
    record.start(0, 100, 900)
    record.claim(jobs(2), 2)
    assert record.start(0, 300, 0)
    assert record.snapshot().entries[0][4:7] == (EntryState.STARTED, 300, 0)


def test_a_batch_takes_its_call_out_of_flight_and_leaves_a_later_one(board):
    record = begun(board)
    record.set_in_flight(4)
    record.claim(jobs(1), 1)
    assert (record.snapshot().call, record.snapshot().in_flight) == (4, 0)
    record.set_in_flight(6)
    record.claim(jobs(1), 1, call=5)
    assert (record.snapshot().call, record.snapshot().in_flight) == (5, 6)


def test_appended_jobs_take_free_places_and_disturb_no_other(board):
    record = begun(board)
    record.claim(jobs(3), 1)
    record.start(0, 50, 60)
    record.free(1)
    record.free(1)  # a second time changes nothing
    assert record.append((5, 5, 5, 5)) == 1
    assert record.append_many([(6, 6, 6, 6), (7, 7, 7, 7)]) == [3, 4]
    entries = record.snapshot().entries
    assert [entry.lane for entry in entries] == [0, 5, 0, 6, 7]
    assert entries[0][4:7] == (EntryState.STARTED, 50, 60)
    assert entries[1][4:7] == (EntryState.CLAIMED, 0, 0)


def test_a_full_record_refuses_and_stays_as_it_was(board):
    record = begun(board)
    with pytest.raises(ValueError, match="200"):
        record.claim(jobs(ENTRIES + 1), 1)
    record.claim(jobs(ENTRIES), 1)
    with pytest.raises(ValueError, match="no place for 1 more"):
        record.append((1, 1, 1, 1))
    record.free(17)
    assert record.append((1, 1, 1, 1)) == 17
    assert not record.snapshot().torn


@pytest.mark.parametrize("bad", [[(1, 2, 3)], [(1, 2, 3, 4, 5)], [(1, 2, 3, -4)], [(1, 2, 3, 2**64)], [("a", 2, 3, 4)]])
def test_a_malformed_job_is_refused_and_harms_nothing(board, bad):
    record = begun(board)
    record.claim(jobs(2), 1)
    for refuse in (lambda: record.claim(bad, 2), lambda: record.append_many(bad)):
        with pytest.raises((ValueError, OverflowError, TypeError)):
            refuse()
    assert states(record) == [EntryState.CLAIMED] * 2
    assert not record.snapshot().torn


def test_clearing_empties_all_places(board):
    record = begun(board)
    record.claim(jobs(3), 1)
    record.free(1)
    record.clear()
    assert record.snapshot().entries == ()
    assert record.append((1, 1, 1, 1)) == 0


def test_beats_states_and_counts_are_seen(board):
    record = begun(board)
    record.beat(77)
    record.set_state(WorkerState.QUIET)
    record.count_jobs(3)
    record.count_jobs(4)
    seen = record.snapshot()
    assert (seen.beat_ns, seen.state, seen.jobs_done) == (77, WorkerState.QUIET, 7)


def test_a_long_task_name_is_cut_at_a_character(board):
    record = begun(board)
    record.set_task("é" * 40)
    assert record.snapshot().task == "é" * 32
    record.set_task("x")
    assert record.snapshot().task == "x"


def test_a_glance_tells_who_sits_there_and_what_it_does(board):
    record = begun(board, slot=2)
    assert board.worker(2).glance() == (100, WorkerState.BOOTING)
    record.set_state(WorkerState.IDLE)
    assert board.worker(2).glance() == (100, WorkerState.IDLE)
