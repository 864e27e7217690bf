"""Where everything stands in the shared memory: magic, version, sizes, offsets.

The board is one memfd of native 64-bit words. Every record begins on a cache line (64 bytes) and has exactly
one writing process, so a store of one aligned word needs no lock; where several words belong together the
record says how a reader notices a half-written one.

The rule for changing the layout
    1. Raise LAYOUT_VERSION for every change of an offset, a size, a unit or the value of an enum member that
       is stored in a word. A process that finds another version refuses to attach (LayoutError): the
       supervisor then makes a new board and rolls its workers on to it.
    2. The one change that needs no new version: giving a meaning to a spare word, when zero (what an older
       writer leaves there) means "not told".
    3. Never give an old number of an enum a new meaning; add at the end.
    4. `fingerprint()` sums up all that rule 1 covers. A test holds it together with the version, so that a
       change made without thinking fails there.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self
from zlib import crc32

MAGIC: Final = int.from_bytes(b"HERDBORD", "little")
LAYOUT_VERSION: Final = 4

WORD: Final = 8  # bytes in a word
PAGE: Final = 4096  # the unit regions are rounded to; not the machine's page size
MAX_SLOTS: Final = 16384
MAX_POOLS: Final = 256

ENTRIES: Final = 200  # jobs one worker can hold at once
ENTRY_WORDS: Final = 4  # both of an id row (lane, ms, seq, token) and of a mark row (state, started, hard, spare)
TASK_BYTES: Final = 64
KINDS_KEPT: Final = 16  # kinds of failure a worker remembers
KIND_WORDS: Final = 16  # hash, count, 112 bytes of text
POOL_NAME_BYTES: Final = 64
SERIES_ROWS: Final = 256
FINE_BUCKETS: Final = 60
FIGURES_BYTES: Final = 64 * 1024


class Head(IntEnum):
    """Words of the board's first page; written once by `Board.create`."""

    MAGIC = 0
    VERSION = 1
    SLOTS = 2
    POOLS = 3
    BYTES = 4
    CREATED_NS = 5  # monotonic
    CREATOR_PID = 6


class Worker(IntEnum):
    """Words of a WorkerRecord. The first line (0-7) is what the hot path and the keeper touch."""

    SEQUENCE = 0  # odd while a batch is being written
    BATCH = 1
    COUNT = 2  # entries in use, holes included
    CLAIMED_NS = 3
    CALL = 4  # the claim call this batch came from
    IN_FLIGHT = 5
    STATE = 6
    BEAT_NS = 7
    PID = 8
    INCARNATION = 9
    GENERATION = 10
    STARTED_AT_NS = 11
    JOBS_DONE = 12
    EXIT_REASON = 13
    WISH = 14  # why it wants to be replaced, while it goes on
    KINDS_USED = 15  # kinds of failure noted so far
    TASK = 16  # TASK_BYTES of text, padded with NUL
    IDS = 64  # ENTRIES rows: lane, ms, seq, token
    MARKS = 64 + ENTRIES * ENTRY_WORDS  # ENTRIES rows: state, started_ns, hard_ns, spare
    KINDS = 64 + 2 * ENTRIES * ENTRY_WORDS  # KINDS_KEPT rows of kinds_table.py


class Keeper(IntEnum):
    """Words of a KeeperRecord."""

    REVOKE = 0  # batch << FROM_BITS | first index
    THROUGH_SEQ = 1
    THROUGH_INCARNATION = 2
    KILL_CAUSE = 3
    KILLED_PID = 4
    LAST_EXTEND_NS = 5
    EXTENDS_FAILED = 6
    CANCEL = 7  # token of the running job that is to stop


class Seat(IntEnum):
    """Words of a SeatRecord."""

    POOL = 0
    GENERATION = 1
    STATE = 2
    PID = 3
    SINCE_NS = 4
    RESTARTS = 5
    CAUSE = 6
    INTENT = 7
    RSS = 8
    EXIT_CODE = 9  # code + 1; 0 = none
    EXIT_SIGNAL = 10


class Pool(IntEnum):
    """Words of a PoolRecord."""

    DESIRED = 0
    GENERATION = 1
    STARTED_AT_NS = 2
    NAME = 8


class Figures(IntEnum):
    """Words of a FiguresRecord; the text starts on the page after them."""

    SEQUENCE = 0
    LENGTH = 1
    CHECKSUM = 2
    WRITTEN_NS = 3


class Logger(IntEnum):
    """Words of the LoggerRecord."""

    WRITTEN_BYTES = 0
    DROPPED_BYTES = 1
    LINES = 2
    BEAT_NS = 3
    TAKEN_BYTES = 4


class SeriesHead(IntEnum):
    """Words of the first page of a SeriesTable; the rows follow."""

    USED = 0


class SeriesRow(IntEnum):
    """Words of one row of a SeriesTable."""

    KIND = 0  # 0 free; written last when a row is made
    KEY_LENGTHS = 1  # bytes of queue << 32 | bytes of type
    OUTCOMES = 2  # completed, retried, dead, released, lost, discarded, expired, cancelled, crashed
    LATE = 2  # in a row of waiting times, where nothing is ever completed: jobs that waited longer than wanted
    SUM_NS = 11
    COUNT = 12
    BUCKETS = 13  # 17: the last is +Inf; each counts its own interval only
    KEY = 30  # queue text, then type text


class FineRow(IntEnum):
    """Words of the fine histograms that go with a row of `Board.series`; see fine.py."""

    RUNS = 0  # FINE_BUCKETS: runs that completed; in a row of waiting times, waits
    FAILED = 60  # FINE_BUCKETS: runs that did not
    FAILED_NS = 120  # the sum of those


FROM_BITS: Final = 16  # of a revoke word
WORKER_STRIDE: Final = 16384
KEEPER_STRIDE: Final = 128
SEAT_STRIDE: Final = 128
POOL_STRIDE: Final = 256
SERIES_ROW_BYTES: Final = 512
SERIES_STRIDE: Final = PAGE + SERIES_ROWS * SERIES_ROW_BYTES
FINE_ROW_BYTES: Final = 1024
FINE_STRIDE: Final = SERIES_ROWS * FINE_ROW_BYTES
FIGURES_STRIDE: Final = PAGE + FIGURES_BYTES
LOGGER_OFFSET: Final = PAGE
POOLS_OFFSET: Final = 2 * PAGE


class LayoutError(Exception):
    """The memory at hand is not a scoreboard this version can read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Byte offsets of the regions of a board with so many slots and pools."""

    slots: int
    pools: int
    figures: int
    seats: int
    keepers: int
    workers: int
    series: int
    aftermath: int
    fine: int
    size: int

    @classmethod
    def of(cls, slots: int, pools: int) -> Self:
        """Lay out a board.

        Raises:
            ValueError: slots or pools are outside 1..MAX_SLOTS, 1..MAX_POOLS.
        """
        if not (1 <= slots <= MAX_SLOTS and 1 <= pools <= MAX_POOLS):
            raise ValueError(
                f"a scoreboard has 1 to {MAX_SLOTS} slots and 1 to {MAX_POOLS} pools, not {slots} and {pools}"
            )
        figures = _to_page(POOLS_OFFSET + pools * POOL_STRIDE)
        seats = _to_page(figures + pools * FIGURES_STRIDE)
        keepers = _to_page(seats + slots * SEAT_STRIDE)
        workers = _to_page(keepers + slots * KEEPER_STRIDE)
        series = _to_page(workers + slots * WORKER_STRIDE)
        aftermath = _to_page(series + slots * SERIES_STRIDE)
        fine = _to_page(aftermath + slots * SERIES_STRIDE)
        size = fine + slots * FINE_STRIDE
        return cls(slots, pools, figures, seats, keepers, workers, series, aftermath, fine, size)


def _to_page(offset: int) -> int:
    return -(-offset // PAGE) * PAGE


def fingerprint() -> int:
    """Sum up sizes, offsets and word names, for the test that guards LAYOUT_VERSION."""
    words = [Head, Worker, Keeper, Seat, Pool, Figures, Logger, SeriesHead, SeriesRow, FineRow]
    text = repr([(kind.__name__, [(word.name, word.value) for word in kind]) for kind in words])
    return crc32((text + repr(Geometry.of(3, 2)) + repr((ENTRIES, ENTRY_WORDS, FROM_BITS))).encode())
