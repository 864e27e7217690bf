"""The jobs in a worker's hands: the half of its record that is written for every job.

Marking a job is a store or two of single words. Only what changes several entries at once (claim, append, clear)
stands between two steps of a sequence number that is odd in the meantime. Those are called from one thread of
the worker; start, done and free of different entries may be called from any of its threads.

Start and revoke: start() writes STARTED and then looks at the keeper's revoke word; the keeper writes that
word, waits at least 2 ms and then looks at the states. Whoever looks second sees the other, so of one entry
never both hold: "the worker runs it" and "the keeper gave it back". keeper_record.py has the other half.
"""

from array import array
from collections.abc import Sequence
from typing import Final

from scoreboard.layout import ENTRIES, ENTRY_WORDS, FROM_BITS, Keeper, Worker
from scoreboard.states import EntryState

# Plain integers: looking up an enum member costs as much as the store itself.
_SEQUENCE: Final = int(Worker.SEQUENCE)
_BATCH: Final = int(Worker.BATCH)
_COUNT: Final = int(Worker.COUNT)
_CLAIMED_NS: Final = int(Worker.CLAIMED_NS)
_CALL: Final = int(Worker.CALL)
_IN_FLIGHT: Final = int(Worker.IN_FLIGHT)
_REVOKE: Final = int(Keeper.REVOKE)
_FREE: Final = int(EntryState.FREE)
_CLAIMED: Final = int(EntryState.CLAIMED)
_STARTED: Final = int(EntryState.STARTED)
_DONE: Final = int(EntryState.DONE)
_FROM_MASK: Final = (1 << FROM_BITS) - 1
_FRESH: Final = memoryview(array("Q", [_CLAIMED, 0, 0, 0] * ENTRIES))


class Hands:
    """Up to ENTRIES jobs, each in a numbered place, and how far each has come."""

    __slots__ = ("_batch", "_floor", "_free", "_ids", "_keeper", "_marks", "_sequence", "_void", "_words")

    def __init__(self, words: memoryview, keeper: memoryview) -> None:
        """Look at a record.

        Args:
            words: the words of the WorkerRecord.
            keeper: the words of the KeeperRecord of the same slot, to see what was revoked.
        """
        self._words = words
        self._keeper = keeper
        self._ids = words[Worker.IDS : Worker.MARKS]
        self._marks = words[Worker.MARKS : Worker.MARKS + ENTRIES * ENTRY_WORDS]
        self._sequence = 0
        self._batch = 0
        # Revoke words below the floor are about older batches; a negative floor: some entries are void.
        self._floor = 0
        self._free: list[int] = []  # holes below COUNT
        self._void: set[int] = set()  # entries whose whole claim call was revoked before they came here

    @property
    def batch(self) -> int:
        """The number of the batch in hand, for its writer; others find it in the snapshot."""
        return self._batch

    def claim(self, batch: Sequence[tuple[int, int, int, int]], claimed_ns: int, call: int = 0) -> None:
        """Replace all entries by this batch, each CLAIMED.

        Args:
            batch: (lane, ms, seq, token) of each job; index 0 is the first.
            claimed_ns: monotonic.
            call: the claim call whose reply this is, in flight no more afterwards; 0 = the one in flight.

        Raises:
            ValueError: more than ENTRIES jobs, or not four numbers for each.
        """
        count = len(batch)
        size = count * ENTRY_WORDS
        ids = array("Q", [word for entry in batch for word in entry])
        if count > ENTRIES or len(ids) != size:
            raise ValueError(f"{count} jobs of {len(ids)} numbers: a batch is {ENTRIES} jobs of {ENTRY_WORDS} at most")
        words = self._words
        call = call or words[_IN_FLIGHT]
        words[_SEQUENCE] = self._sequence + 1
        # A worker killed from here on leaves no entry, rather than new jobs with the marks of old ones.
        words[_COUNT] = 0
        self._ids[:size] = ids
        self._marks[:size] = _FRESH[:size]
        self._next_batch(self._batch)
        words[_CLAIMED_NS] = claimed_ns
        self._take_reply(call)
        words[_COUNT] = count
        self._sequence += 2
        words[_SEQUENCE] = self._sequence
        self._free.clear()
        if call and self._call_revoked(call):
            self._annul(range(count))

    def append(self, entry: tuple[int, int, int, int], call: int = 0) -> int:
        """Add one job in a free place, CLAIMED; returns its index. As `append_many` with one."""
        return self.append_many([entry], call)[0]

    def append_many(self, batch: Sequence[tuple[int, int, int, int]], call: int = 0) -> list[int]:
        """Add jobs beside those in hand (concurrency above 1); returns the index of each.

        A batch that was revoked refuses what is appended to it, too, until none of its entries is CLAIMED
        any more: free those that start() refused, then append.

        Raises:
            ValueError: no place is left, or not four numbers for each.
        """
        words = self._words
        ids = [array("Q", entry) for entry in batch]
        if len(ids) > len(self._free) + ENTRIES - words[_COUNT]:
            raise ValueError(f"no place for {len(ids)} more jobs: a worker holds at most {ENTRIES}")
        if any(len(row) != ENTRY_WORDS for row in ids):
            raise ValueError(f"a job is {ENTRY_WORDS} numbers: lane, ms, seq, token")
        call = call or words[_IN_FLIGHT]
        words[_SEQUENCE] = self._sequence + 1
        if self._keeper[_REVOKE] >= self._floor and not self._any_claimed():
            self._next_batch(self._batch)
        indexes = [self._place(row) for row in ids]
        self._take_reply(call)
        self._sequence += 2
        words[_SEQUENCE] = self._sequence
        if call and self._call_revoked(call):
            self._annul(indexes)
        return indexes

    def start(self, index: int, now_ns: int, hard_ns: int) -> bool:
        """Take a claimed job for running; both times monotonic, `hard_ns` 0 = no hard limit.

        Returns:
            False when the keeper has revoked it: it is CLAIMED again, must not be run and may belong to
            somebody else already. Releasing its lease once more does no harm (the store compares tokens).
        """
        marks = self._marks
        place = index * ENTRY_WORDS
        floor = self._floor  # before STARTED: append() in another thread may raise it once nothing is CLAIMED
        marks[place + 1] = now_ns
        if hard_ns:
            marks[place + 2] = hard_ns
        marks[place] = _STARTED
        if self._keeper[_REVOKE] < floor:
            return True
        return self._start_anyway(index, floor)

    def done(self, index: int) -> None:
        """Say that the job has run to its end; it stays leased until it is acknowledged and freed."""
        self._marks[index * ENTRY_WORDS] = _DONE

    def free(self, index: int) -> None:
        """Empty a place: its job is no longer this worker's."""
        place = index * ENTRY_WORDS
        if self._marks[place] != _FREE:
            self._marks[place] = _FREE
            self._void.discard(index)
            self._free.append(index)

    def clear(self) -> None:
        """Empty all places."""
        words = self._words
        words[_SEQUENCE] = self._sequence + 1
        self._empty()
        self._sequence += 2
        words[_SEQUENCE] = self._sequence

    def set_in_flight(self, seq: int) -> None:
        """Say which claim call's reply has not been taken yet; 0 = none.

        To be called before the call is sent. claim() and append() of its reply take it back by themselves.
        """
        self._words[_IN_FLIGHT] = seq

    def _empty(self) -> None:
        self._words[_COUNT] = 0
        self._free.clear()
        self._void.clear()

    def _next_batch(self, last: int) -> None:
        self._batch = last + 1
        self._void.clear()
        self._floor = self._batch << FROM_BITS
        self._words[_BATCH] = self._batch

    def _place(self, row: "array[int]") -> int:
        words, marks = self._words, self._marks
        count = words[_COUNT]
        index: int = self._free.pop() if self._free else count
        place = index * ENTRY_WORDS
        marks[place] = _FREE  # killed after this, the place is a hole
        self._ids[place : place + ENTRY_WORDS] = row
        if index == count:
            words[_COUNT] = count + 1
        marks[place : place + ENTRY_WORDS] = _FRESH[:ENTRY_WORDS]
        return index

    def _any_claimed(self) -> bool:
        # Void entries count as long as they are not freed: another thread may be about to refuse one.
        used = self._words[_COUNT] * ENTRY_WORDS
        return bool(self._void) or _CLAIMED in self._marks[:used:ENTRY_WORDS].tolist()

    def _take_reply(self, call: int) -> None:
        self._words[_CALL] = call
        if self._words[_IN_FLIGHT] == call:
            self._words[_IN_FLIGHT] = 0

    def _call_revoked(self, call: int) -> bool:
        keeper = self._keeper
        revoked: bool = (
            keeper[Keeper.THROUGH_INCARNATION] == self._words[Worker.INCARNATION] and keeper[Keeper.THROUGH_SEQ] >= call
        )
        return revoked

    def _annul(self, indexes: Sequence[int]) -> None:
        self._void.update(indexes)
        self._floor = -(self._batch << FROM_BITS)  # below every word: all starts take the long way

    def _start_anyway(self, index: int, floor: int) -> bool:
        revoked = self._keeper[_REVOKE]
        covered = revoked >> FROM_BITS == abs(floor) >> FROM_BITS and index >= revoked & _FROM_MASK
        if not covered and index not in self._void:
            return True
        self._marks[index * ENTRY_WORDS] = _CLAIMED
        return False
