"""What is known of a dead worker, put together from its wait status and its records. Pure but for reading the board."""

import os
from typing import NamedTuple

from engine.store.keys import job_id, lease
from scoreboard import Board, Death, Entry, EntryState, WorkerSnapshot, decide
from worker.processes.messages import Message


class Obituary(NamedTuple):
    """Why a worker died, and what it held: leases it had started, and leases it had only claimed."""

    slot: int
    pid: int
    incarnation: int  # 0: it died before it took its record over; it held nothing
    death: Death
    started: list[str]
    unstarted: list[str]
    job: str | None  # id of the job it had started first, if any
    core: bool = False  # whether it left a core file
    peak_rss: int = 0  # bytes
    stack: str = ""  # of all threads, where it was asked for before a kill

    def settlement(self) -> Message:
        """The order to a keeper: give back what this worker held."""
        return {
            "op": "settle",
            "slot": self.slot,
            "incarnation": f"{self.incarnation:x}",
            "cause": self.death.text,
            "charged": self.death.charged,
            "started": self.started,
            "unstarted": self.unstarted,
            **({"stack": self.stack} if self.stack and self.death.charged else {}),
        }

    def event(self) -> Message:
        """The news for the supervisor."""
        return {
            "event": "exit",
            "slot": self.slot,
            "pid": self.pid,
            "code": self.death.code,
            "signal": self.death.signal,
            "cause": self.death.text,
            "charged": self.death.charged,
            "job": self.job,
            "core": self.core,
            "peak_rss": self.peak_rss,
            **({"stack": self.stack} if self.stack else {}),
        }


def write(board: Board, slot: int, pid: int, status: int, *, oom: bool = False) -> Obituary:
    """Say how the worker in ``slot`` ended.

    Args:
        board: the scoreboard.
        slot: where it sat.
        pid: whose wait status this is.
        status: as ``os.waitpid`` gives it.
        oom: the kernel's out-of-memory killer struck since the last look.
    """
    signal = status & 0x7F or None
    code = None if signal else (status >> 8) & 0xFF
    core = bool(signal) and os.WCOREDUMP(status)
    snapshot = board.worker(slot).snapshot()
    known = snapshot.pid == pid
    death = decide(
        code,
        signal,
        board.seat(slot).intent,
        board.keeper(slot).cause_of(pid),
        oom=oom,
        **({"exit_reason": snapshot.exit_reason} if known else {}),
    )
    if not known:
        return Obituary(slot, pid, 0, death, [], [], None, core)
    started = held(snapshot, EntryState.STARTED)
    # What was done and not acknowledged goes back, too: its acknowledgement, if it is under way, comes first.
    unstarted = held(snapshot, EntryState.CLAIMED) + held(snapshot, EntryState.DONE)
    job = started[0].partition("/")[0] if started else None
    return Obituary(slot, pid, snapshot.incarnation, death, started, unstarted, job, core)


def held(snapshot: WorkerSnapshot, state: EntryState) -> list[str]:
    """Leases of the entries in one state."""
    return [lease_of(entry, snapshot.incarnation) for entry in snapshot.entries if entry.state is state]


def lease_of(entry: Entry, incarnation: int) -> str:
    """The lease of one entry."""
    return lease(job_id(entry.lane, entry.ms, entry.seq), entry.token, incarnation)
