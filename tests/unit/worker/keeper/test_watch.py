from scoreboard import Entry, EntryState, WorkerSnapshot, WorkerState
from worker.keeper import watch

MS = 1_000_000
NOW = 10_000 * MS


def entry(seq: int, state: EntryState, ran_ms: int = 0, hard_ns: int = 0) -> Entry:
    started = NOW - ran_ms * MS if state is EntryState.STARTED else 0
    return Entry(1, 5, seq, seq + 100, state, started, hard_ns, 0)


def seen(*entries: Entry, in_flight: int = 0, claimed_ms: int = 0) -> WorkerSnapshot:
    return WorkerSnapshot(
        pid=7,
        incarnation=0xAB,
        generation=1,
        state=WorkerState.BUSY,
        beat_ns=NOW,
        claimed_ns=NOW - claimed_ms * MS,
        batch=4,
        jobs_done=0,
        started_at_ns=0,
        in_flight=in_flight,
        task="t",
        entries=entries,
        torn=False,
    )


def test_jobs_behind_one_that_overstays_are_taken_back() -> None:
    snapshot = seen(entry(1, EntryState.DONE), entry(2, EntryState.STARTED, 30), entry(3, EntryState.CLAIMED))
    assert watch.overstay(snapshot, NOW) == watch.Overstay(batch=4, from_index=2, call=0)


def test_an_unread_reply_behind_it_counts_too() -> None:
    assert watch.overstay(seen(entry(1, EntryState.STARTED, 30), in_flight=9), NOW) == watch.Overstay(4, 1, 9)


def test_nobody_is_disturbed_while_things_move_or_nobody_waits() -> None:
    assert watch.overstay(seen(entry(1, EntryState.STARTED, 20), entry(2, EntryState.CLAIMED)), NOW) is None
    assert watch.overstay(seen(entry(1, EntryState.STARTED, 900)), NOW) is None
    assert watch.overstay(seen(entry(1, EntryState.DONE), entry(2, EntryState.CLAIMED)), NOW) is None
    torn = seen(entry(1, EntryState.STARTED, 30), in_flight=9)._replace(torn=True)
    assert watch.overstay(torn, NOW) is None


def test_a_hard_deadline_counts_for_what_runs_only() -> None:
    assert watch.overdue(seen(entry(1, EntryState.STARTED, 30, NOW - 1)), NOW)
    assert not watch.overdue(seen(entry(1, EntryState.STARTED, 30, NOW + 1)), NOW)
    assert not watch.overdue(seen(entry(1, EntryState.STARTED, 30, 0)), NOW)
    assert not watch.overdue(seen(entry(1, EntryState.DONE, 30, NOW - 1)), NOW)


def test_leases_are_extended_from_a_sixth_of_their_time_on() -> None:
    held = (entry(1, EntryState.STARTED, 30), entry(2, EntryState.FREE), entry(3, EntryState.DONE))
    lease = 600 * MS
    assert watch.leases_due(seen(*held, claimed_ms=99), NOW, lease) == []
    assert watch.leases_due(seen(*held, claimed_ms=101), NOW, lease) == ["1-5-1/101/ab", "1-5-3/103/ab"]


def test_only_a_worker_with_jobs_waiting_in_it_is_looked_at_often() -> None:
    assert watch.crowded(seen(entry(1, EntryState.STARTED), entry(2, EntryState.CLAIMED)))
    assert watch.crowded(seen(entry(1, EntryState.STARTED), in_flight=3))
    assert not watch.crowded(seen(entry(1, EntryState.STARTED), entry(2, EntryState.STARTED)))
