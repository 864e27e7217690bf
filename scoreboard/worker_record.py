"""What a worker says of itself: who it is, its state, its beat, and the jobs in its hands (hands.py).

Writer: the worker process in that slot, after `begin`. Readers: keeper, zygote, supervisor, by `snapshot`.
"""

import time
from typing import Final

from scoreboard.fields import member, pack_text
from scoreboard.hands import Hands
from scoreboard.kinds_table import KindsTable
from scoreboard.layout import ENTRIES, TASK_BYTES, WORD, Worker
from scoreboard.states import EntryState, ExitReason, WorkerState
from scoreboard.worker_snapshot import Entry, WorkerSnapshot, read

__all__ = ["ENTRIES", "Entry", "EntryState", "ExitReason", "WorkerRecord", "WorkerSnapshot", "WorkerState"]

_STATE: Final = int(Worker.STATE)
_BEAT_NS: Final = int(Worker.BEAT_NS)
_JOBS_DONE: Final = int(Worker.JOBS_DONE)


class WorkerRecord(Hands):
    """One worker's record; see the module for who writes and who reads."""

    __slots__ = ("_jobs", "_task", "_task_name", "kinds")

    def __init__(self, words: memoryview, keeper: memoryview) -> None:
        """Look at a record; `keeper` are the words of the KeeperRecord of the same slot."""
        super().__init__(words, keeper)
        self._task = words[Worker.TASK : Worker.TASK + TASK_BYTES // WORD].cast("B")
        self._task_name = ""
        self._jobs = 0
        self.kinds = KindsTable(words)

    def begin(self, pid: int, incarnation: int, generation: int, now_ns: int | None = None) -> None:
        """Wipe the record and take it over; state BOOTING. The first call of every new worker.

        The batch number goes on from the last worker's, so that what was revoked from it never hits this one.
        `now_ns` is monotonic; None reads the clock.
        """
        now_ns = time.monotonic_ns() if now_ns is None else now_ns
        words = self._words
        self._sequence = words[Worker.SEQUENCE] | 1  # the last worker may have died while writing
        words[Worker.SEQUENCE] = self._sequence
        self._empty()
        self._next_batch(words[Worker.BATCH])
        for word in range(Worker.CLAIMED_NS, Worker.IDS):
            words[word] = 0
        words[Worker.PID] = pid
        words[Worker.INCARNATION] = incarnation
        words[Worker.GENERATION] = generation
        words[Worker.STARTED_AT_NS] = now_ns
        words[_BEAT_NS] = now_ns
        words[_STATE] = WorkerState.BOOTING
        self.kinds.clear()
        self._task_name, self._jobs = "", 0
        self._sequence += 1
        words[Worker.SEQUENCE] = self._sequence

    def set_state(self, state: WorkerState) -> None:
        """Say what the worker is doing."""
        self._words[_STATE] = state

    def beat(self, now_ns: int) -> None:
        """Say that the work loop turned at this monotonic time."""
        self._words[_BEAT_NS] = now_ns

    def count_jobs(self, n: int) -> None:
        """Add to the number of jobs this worker has ended."""
        self._jobs += n
        self._words[_JOBS_DONE] = self._jobs

    def set_task(self, name: str) -> None:
        """Show the type that runs now; at most 64 bytes of UTF-8 are kept. Next to free when unchanged."""
        if name != self._task_name:
            self._task[:] = pack_text(name, TASK_BYTES)
            self._task_name = name

    def leave(self, reason: ExitReason) -> None:
        """Say why the worker is about to exit by itself; state GONE."""
        self._words[Worker.EXIT_REASON] = reason
        self._words[_STATE] = WorkerState.GONE

    def wish(self, reason: ExitReason) -> None:
        """Say that it is time for a successor, and why; the worker goes on until it is told to leave."""
        self._words[Worker.WISH] = reason

    def wish_of(self, pid: int) -> ExitReason:
        """Read why the worker with this pid wants to be replaced; NONE when it does not, or is not the writer."""
        return member(ExitReason, self._words[Worker.WISH]) if self._words[Worker.PID] == pid else ExitReason.NONE

    def kinds_of(self, pid: int) -> frozenset[str]:
        """Read which kinds of failure the worker with this pid has met; none when it is not the writer."""
        return frozenset(self.kinds.read()) if self._words[Worker.PID] == pid else frozenset()

    def snapshot(self) -> WorkerSnapshot:
        """Copy the record, from any process; see WorkerSnapshot."""
        return read(self._words)
