"""What a pool's keeper says of one slot: what it took back, whom it killed and why, how its lease calls fare.

Writer: the pool's keeper. Readers: the worker in the slot (at every start), zygote, supervisor.

To take jobs back from a worker that is busy with another one, the keeper
    1. writes revoke(batch, first index), and revoke_through(call, incarnation) when a reply may lie unread;
    2. waits at least REVOKE_WAIT_S;
    3. takes a snapshot of the worker's record and gives back what `unstarted` finds in it, by (id, token), and,
       when `in_flight` still names that call, what the call granted.
The wait is long enough for every store of the worker to have become visible, so of the worker's "STARTED, then
look at the revoke word" and the keeper's "revoke word, then look at the state" at least one sees the other. A
start that is undone may show as STARTED for a moment: that job goes back at the keeper's next turn. What a later
call granted is not covered: give back named leases, not "all but those".
"""

from typing import Final, NamedTuple

from scoreboard.fields import Choice, Number, Record
from scoreboard.layout import FROM_BITS, Keeper, Worker
from scoreboard.states import Cause, EntryState
from scoreboard.worker_snapshot import Entry, WorkerSnapshot

REVOKE_WAIT_S: Final = 0.002

_FROM_MASK: Final = (1 << FROM_BITS) - 1


class Revoked(NamedTuple):
    """What is taken back: of this batch all from this index on; all replies up to call `seq` not yet taken."""

    batch: int
    from_index: int
    seq: int


class KeeperRecord(Record):
    """The keeper's words about one slot."""

    __slots__ = ("_worker",)

    kill_cause = Choice(Keeper.KILL_CAUSE, Cause)
    killed_pid = Number(Keeper.KILLED_PID)
    last_extend_ns = Number(Keeper.LAST_EXTEND_NS)
    extends_failed = Number(Keeper.EXTENDS_FAILED)
    cancel = Number(Keeper.CANCEL)  # token of the job to stop; written before the worker is told by SIGALRM

    def __init__(self, words: memoryview, worker: memoryview) -> None:
        """Look at a record.

        Args:
            words: the record's own words.
            worker: the words of the WorkerRecord of the same slot.
        """
        super().__init__(words)
        self._worker = worker

    def revoke(self, batch: int, from_index: int) -> None:
        """Forbid the worker to start the entries of this batch from this index on.

        `batch` is that of a snapshot; batch numbers of a slot never repeat, so an older one harms nobody.
        Of one batch only more can be revoked, never less, and nothing of a batch before the last revoked one:
        what was given back must stay forbidden.
        """
        revoke = self._words[Keeper.REVOKE]
        last = revoke >> FROM_BITS
        if batch < last:
            return
        if batch == last:
            from_index = min(from_index, revoke & _FROM_MASK)
        self._words[Keeper.REVOKE] = batch << FROM_BITS | min(from_index, _FROM_MASK)

    def revoke_through(self, seq: int, incarnation: int | None = None) -> None:
        """Forbid the worker to start what comes with replies, not taken yet, of claim calls up to `seq`.

        Pass the incarnation of the snapshot that named the call: call numbers begin anew with every worker.
        None takes the one that sits in the slot now. Of one incarnation only more can be revoked, never less.
        """
        words = self._words
        if incarnation is None:
            incarnation = self._worker[Worker.INCARNATION]
        if words[Keeper.THROUGH_INCARNATION] != incarnation:
            words[Keeper.THROUGH_SEQ] = 0  # the old number must not be taken for one of the new incarnation
            words[Keeper.THROUGH_INCARNATION] = incarnation
        words[Keeper.THROUGH_SEQ] = max(seq, words[Keeper.THROUGH_SEQ])

    def revoked(self) -> Revoked:
        """Tell what is revoked now; `seq` is 0 when it was said of an incarnation that is gone."""
        words = self._words
        revoke = words[Keeper.REVOKE]
        same = words[Keeper.THROUGH_INCARNATION] == self._worker[Worker.INCARNATION]
        seq = words[Keeper.THROUGH_SEQ] if same else 0
        return Revoked(revoke >> FROM_BITS, revoke & _FROM_MASK, seq)

    def record_kill(self, pid: int, cause: Cause) -> None:
        """Say why this pid is about to be killed; to be called before the signal is sent."""
        self.killed_pid = 0
        self.kill_cause = cause
        self.killed_pid = pid

    def cause_of(self, pid: int) -> Cause:
        """Tell why the keeper killed this pid; Cause.NONE when it did not."""
        return self.kill_cause if self.killed_pid == pid != 0 else Cause.NONE

    def extended(self, now_ns: int) -> None:
        """Say that the slot's leases were extended at this monotonic time."""
        self.last_extend_ns = now_ns

    def extend_failed(self) -> None:
        """Count an attempt to extend that the store did not answer."""
        self.extends_failed += 1


def unstarted(snapshot: WorkerSnapshot, revoked: Revoked) -> list[Entry]:
    """Find what of a revoked batch has not started and never will. Pure.

    The snapshot must have been taken REVOKE_WAIT_S or more after the revoke word was written; a torn one, or
    one of another batch, has nothing to give back.
    """
    if snapshot.torn or snapshot.batch != revoked.batch:
        return []
    return [entry for entry in snapshot.entries[revoked.from_index :] if entry.state is EntryState.CLAIMED]
