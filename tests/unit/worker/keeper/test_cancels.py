import pytest

from scoreboard import Entry, EntryState, WorkerSnapshot, WorkerState
from worker.keeper.cancels import GRACE_NS, KILL, Cancels

SECOND = 1_000_000_000


def snapshot(*entries: Entry) -> WorkerSnapshot:
    return WorkerSnapshot(7, 9, 1, WorkerState.BUSY, 0, 0, 1, 0, 0, 0, "t", entries, torn=False)


def entry(seq: int, state: EntryState = EntryState.STARTED) -> Entry:
    return Entry(1, 1000, seq, 100 + seq, state, 1, 0)


@pytest.fixture
def cancels() -> Cancels:
    made = Cancels()
    made.ask(["1-1000-2", "1-1000-3", "1-1000-77"])
    return made


def test_only_what_was_asked_for_and_runs_is_told(cancels: Cancels) -> None:
    assert cancels.turn(snapshot(entry(1), entry(2, EntryState.CLAIMED), entry(3, EntryState.DONE)), 1) == 0
    assert cancels.turn(snapshot(entry(1), entry(2)), 1) == 102


def test_the_longest_untold_is_told_next_and_again_until_it_has_ended(cancels: Cancels) -> None:
    both = snapshot(entry(2), entry(3))
    assert [cancels.turn(both, now) for now in (1, 2, 3, 4)] == [102, 103, 102, 103]


def test_whoever_does_not_stop_is_killed_after_the_grace(cancels: Cancels) -> None:
    one = snapshot(entry(2))
    assert cancels.turn(one, SECOND) == 102
    assert cancels.turn(one, SECOND + GRACE_NS) == 102
    assert cancels.turn(one, SECOND + GRACE_NS + 1) == KILL


def test_what_runs_no_more_is_forgotten(cancels: Cancels) -> None:
    cancels.turn(snapshot(entry(2)), SECOND)
    cancels.forget([snapshot(entry(1))])
    assert cancels.turn(snapshot(entry(2)), SECOND + 2 * GRACE_NS) == 102
