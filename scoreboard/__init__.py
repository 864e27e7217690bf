"""One inherited piece of shared memory where every process of the herd tells what it is doing.

Every record has exactly one writer; readers take copies and disturb nobody. See docs/scoreboard.md.
"""

from scoreboard.board import FD_VARIABLE, MEMFD_NAME, Board
from scoreboard.causes import Death, decide
from scoreboard.figures_record import FiguresRecord
from scoreboard.fine import FINE_NS
from scoreboard.job_seen import JobSeen
from scoreboard.keeper_record import REVOKE_WAIT_S, KeeperRecord, Revoked, unstarted
from scoreboard.layout import ENTRIES, LAYOUT_VERSION, LayoutError
from scoreboard.logger_record import LoggerRecord
from scoreboard.pool_record import PoolRecord
from scoreboard.seat_record import SeatRecord, SeatSnapshot
from scoreboard.series import BUCKETS, OTHER, OUTCOMES, Row, SeriesKind, SeriesSnapshot, SeriesTable
from scoreboard.stacks import STACK_BYTES, STACK_SIGNAL, STACK_WAIT_S, bounded
from scoreboard.states import Cause, EntryState, ExitReason, Intent, SeatState, WorkerState
from scoreboard.sums import Sum, sums
from scoreboard.worker_record import WorkerRecord
from scoreboard.worker_snapshot import Entry, WorkerSnapshot

__all__ = [
    "BUCKETS",
    "ENTRIES",
    "FD_VARIABLE",
    "FINE_NS",
    "LAYOUT_VERSION",
    "MEMFD_NAME",
    "OTHER",
    "OUTCOMES",
    "REVOKE_WAIT_S",
    "STACK_BYTES",
    "STACK_SIGNAL",
    "STACK_WAIT_S",
    "Board",
    "Cause",
    "Death",
    "Entry",
    "EntryState",
    "ExitReason",
    "FiguresRecord",
    "Intent",
    "JobSeen",
    "KeeperRecord",
    "LayoutError",
    "LoggerRecord",
    "PoolRecord",
    "Revoked",
    "Row",
    "SeatRecord",
    "SeatSnapshot",
    "SeatState",
    "SeriesKind",
    "SeriesSnapshot",
    "SeriesTable",
    "Sum",
    "WorkerRecord",
    "WorkerSnapshot",
    "WorkerState",
    "bounded",
    "decide",
    "sums",
    "unstarted",
]
