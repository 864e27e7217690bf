"""Reading a worker's record from any process: a consistent copy, or one marked as torn."""

import time
from functools import partial
from itertools import repeat
from operator import mul
from struct import Struct
from typing import Final, NamedTuple

from scoreboard.fields import member, unpack_text
from scoreboard.layout import ENTRIES, ENTRY_WORDS, TASK_BYTES, WORD, Worker
from scoreboard.states import EntryState, ExitReason, WorkerState

_HEAD: Final = Struct(f"@{Worker.TASK}Q")
_STATES: Final = {state.value: state for state in EntryState}
_WITH_TIMES: Final = (EntryState.STARTED.value, EntryState.DONE.value)
_SPINS: Final = 16  # a batch is written in ~10 us: most torn copies are whole at the next look
_ROUNDS: Final = 40  # then look again after short sleeps: the writer may have lost its CPU
_PAUSE_S: Final = 0.000_05


class Entry(NamedTuple):
    """One job in a worker's hands; its place in `WorkerSnapshot.entries` is its index.

    Times are monotonic nanoseconds; `started_ns` and `hard_ns` are 0 until it started (`hard_ns` also when the
    job has no hard limit). `type` is spare.
    """

    lane: int
    ms: int
    seq: int
    token: int
    state: EntryState
    started_ns: int
    hard_ns: int
    type: int = 0


_new_entry: Final = partial(tuple.__new__, Entry)


class WorkerSnapshot(NamedTuple):
    """A copy of a WorkerRecord. Times are monotonic nanoseconds.

    `call` is the claim call the batch came from, `in_flight` the one whose reply is not taken yet (0 = none).
    `torn`: no consistent copy could be had (the writer died or hung while writing). The single words are right
    even then; of a writer that is dead so are the entries that are there, but some or all may be missing.
    """

    pid: int
    incarnation: int
    generation: int
    state: WorkerState
    beat_ns: int
    claimed_ns: int
    batch: int
    jobs_done: int
    started_at_ns: int
    in_flight: int
    task: str
    entries: tuple[Entry, ...]
    torn: bool
    call: int = 0
    exit_reason: ExitReason = ExitReason.NONE


def read(words: memoryview) -> WorkerSnapshot:
    """Copy the record behind `words`; waits at most about 5 ms and never raises on what it finds."""
    for turn in range(_SPINS + _ROUNDS):
        before = words[Worker.SEQUENCE]
        if before & 1 == 0:
            head, ids, marks = _copy(words)
            if words[Worker.SEQUENCE] == before:
                return _decode(head, ids, marks, torn=False)
        if turn >= _SPINS:
            time.sleep(_PAUSE_S)
    return _decode(*_copy(words), torn=True)


def _copy(words: memoryview) -> tuple[bytes, bytes, bytes]:
    head = words[: Worker.IDS].tobytes()
    # Only rows in use are touched: reading a hole of a memfd through a mapping allocates the page.
    used = min(words[Worker.COUNT], ENTRIES) * ENTRY_WORDS
    ids = words[Worker.IDS : Worker.IDS + used].tobytes()
    marks = words[Worker.MARKS : Worker.MARKS + used].tobytes()
    return head, ids, marks


def _decode(head: bytes, ids: bytes, marks: bytes, *, torn: bool) -> WorkerSnapshot:
    fields = _HEAD.unpack_from(head)
    task = Worker.TASK * WORD
    return WorkerSnapshot(
        pid=fields[Worker.PID],
        incarnation=fields[Worker.INCARNATION],
        generation=fields[Worker.GENERATION],
        state=member(WorkerState, fields[Worker.STATE]),
        beat_ns=fields[Worker.BEAT_NS],
        claimed_ns=fields[Worker.CLAIMED_NS],
        batch=fields[Worker.BATCH],
        jobs_done=fields[Worker.JOBS_DONE],
        started_at_ns=fields[Worker.STARTED_AT_NS],
        in_flight=fields[Worker.IN_FLIGHT],
        task=unpack_text(head[task : task + TASK_BYTES]),
        entries=_entries(ids, marks),
        torn=torn,
        call=fields[Worker.CALL],
        exit_reason=member(ExitReason, fields[Worker.EXIT_REASON]),
    )


def _entries(ids: bytes, marks: bytes) -> tuple[Entry, ...]:
    # Column by column: a call for each entry would take three times as long.
    rows = memoryview(ids).cast("Q").tolist()
    columns = memoryview(marks).cast("Q").tolist()
    numbers = columns[::ENTRY_WORDS]
    # A start in progress writes its times before its state: those of other states mean nothing.
    begun = [number in _WITH_TIMES for number in numbers]
    return tuple(
        map(
            _new_entry,
            zip(
                rows[::ENTRY_WORDS],
                rows[1::ENTRY_WORDS],
                rows[2::ENTRY_WORDS],
                rows[3::ENTRY_WORDS],
                [_STATES.get(number, EntryState.FREE) for number in numbers],
                map(mul, columns[1::ENTRY_WORDS], begun),
                map(mul, columns[2::ENTRY_WORDS], begun),
                repeat(0),
            ),
        )
    )
