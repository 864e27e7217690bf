"""The small numbers stored in the board's words. Imports nothing; see layout.py before changing a value."""

from enum import IntEnum


class WorkerState(IntEnum):
    """What a worker process says it is doing."""

    EMPTY = 0
    BOOTING = 1
    IDLE = 2
    BUSY = 3
    QUIET = 4
    DRAINING = 5
    GONE = 6


class EntryState(IntEnum):
    """How far one claimed job has come in its worker.

    FREE -> CLAIMED -> STARTED -> DONE -> FREE; a refused start goes back from STARTED to CLAIMED.
    """

    FREE = 0
    CLAIMED = 1
    STARTED = 2
    DONE = 3


class ExitReason(IntEnum):
    """Why a worker left by itself, written before it exits with status 0."""

    NONE = 0
    DRAINED = 1
    RECYCLE_JOBS = 2
    RECYCLE_MEMORY = 3
    ORPHANED = 4
    RECYCLE_AGE = 5


class SeatState(IntEnum):
    """What the supervisor says of a slot."""

    EMPTY = 0
    STARTING = 1
    RUNNING = 2
    BACKOFF = 3
    DRAINING = 4
    STOPPED = 5
    EXITED = 6
    FATAL = 7


class Intent(IntEnum):
    """What the supervisor has asked of, or is about to do to, the process in a slot.

    It is written before the signal is sent, so that the death that follows is not taken for a crash.
    """

    NONE = 0
    DRAIN = 1  # TERM: finish and leave, the slot stays empty
    RECYCLE = 2  # TERM: finish and leave, a successor comes
    KILL_AFTER_DRAIN = 3  # KILL: the drain's deadline has passed
    KILL_NOW = 4  # KILL: somebody asked for it
    KILL_MEMORY = 5  # KILL: over the hard memory limit


class Cause(IntEnum):
    """Why a process died, as far as its wait status and what we did to it tell."""

    NONE = 0
    EXIT = 1
    SIGNAL = 2
    OOM = 3
    HARD_TIMEOUT = 4
    MEMORY_LIMIT = 5
    DRAIN_DEADLINE = 6
    KILLED_BY_OPERATOR = 7
    RECYCLED = 8
    DRAINED = 9
    LOST_HOST = 10
    BOOT_FAILED = 11
    CANCELLED = 12  # it ran a job that somebody cancelled, and did not stop by itself
