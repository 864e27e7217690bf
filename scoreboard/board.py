"""The board itself: one memfd, made by the supervisor, inherited by every process of the herd.

Nothing has a name in the file system, so nothing is left behind by a SIGKILL: the memory lives as long as one
process holds it. It is sized sparse; only records that were written take memory.
"""

import fcntl
import mmap
import os
import stat
import time
from collections.abc import Iterator
from struct import Struct
from types import TracebackType
from typing import Final, Self

from scoreboard.figures_record import FiguresRecord
from scoreboard.keeper_record import KeeperRecord
from scoreboard.layout import (
    FIGURES_STRIDE,
    FINE_STRIDE,
    KEEPER_STRIDE,
    LAYOUT_VERSION,
    LOGGER_OFFSET,
    MAGIC,
    PAGE,
    POOL_STRIDE,
    POOLS_OFFSET,
    SEAT_STRIDE,
    SERIES_STRIDE,
    WORD,
    WORKER_STRIDE,
    Geometry,
    Head,
    LayoutError,
)
from scoreboard.logger_record import LoggerRecord
from scoreboard.pool_record import PoolRecord
from scoreboard.seat_record import SeatRecord
from scoreboard.series import SeriesTable
from scoreboard.worker_record import WorkerRecord

MEMFD_NAME: Final = "herdsman-scoreboard"
FD_VARIABLE: Final = "HERDSMAN_SCOREBOARD_FD"  # environment of every child that attaches

_HEAD: Final = Struct(f"@{len(Head)}Q")
_SEALS: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


class Board:
    """The shared memory and its records; `create` it once, `attach` by an inherited descriptor elsewhere.

    After a fork the child uses the same object. Records may be kept and used as long as the board is open.
    """

    def __init__(self, fd: int, geometry: Geometry) -> None:
        """Map a descriptor whose contents were checked; use `create` or `attach`."""
        self.fd = fd
        self.slots = geometry.slots
        self.pools = geometry.pools
        self._geometry = geometry
        read_only = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
        access = mmap.ACCESS_READ if read_only else mmap.ACCESS_WRITE
        self._map = mmap.mmap(fd, geometry.size, access=access)
        self._words = memoryview(self._map).cast("Q")

    @classmethod
    def create(cls, slots: int, pools: int = 16) -> Self:
        """Make a new board; its descriptor is inheritable.

        Raises:
            ValueError: slots or pools are out of range.
            OSError: the kernel gave no memory file.
        """
        geometry = Geometry.of(slots, pools)
        fd = os.memfd_create(MEMFD_NAME, os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(fd, geometry.size)
            # No holder can shrink it under the others, who would die of SIGBUS.
            fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
            os.set_inheritable(fd, True)  # noqa: FBT003 - the standard library's own signature
            head = (MAGIC, LAYOUT_VERSION, slots, pools, geometry.size, time.monotonic_ns(), os.getpid())
            os.pwrite(fd, _HEAD.pack(*head), 0)
            return cls(fd, geometry)
        except BaseException:
            os.close(fd)
            raise

    @classmethod
    def attach(cls, fd: int) -> Self:
        """Use the board behind a descriptor, which is the board's from then on; read-only when that is.

        Raises:
            LayoutError: there is no board behind it, or one of another layout version.
        """
        return cls(fd, _check(fd))

    @property
    def created_ns(self) -> int:
        """When the board was made, monotonic."""
        created: int = self._words[Head.CREATED_NS]
        return created

    @property
    def creator_pid(self) -> int:
        """Who made it."""
        pid: int = self._words[Head.CREATOR_PID]
        return pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close descriptor and mapping; records still in use keep the mapping until they go. Repeatable."""
        if self.fd < 0:
            return
        os.close(self.fd)
        self.fd = -1
        self._words.release()
        try:
            self._map.close()
        except BufferError:  # a record still looks at it
            return

    def worker(self, slot: int) -> WorkerRecord:
        """The worker's words about itself; writer: the worker process in that slot."""
        return WorkerRecord(self._worker_words(slot), self._keeper_words(slot))

    def keeper(self, slot: int) -> KeeperRecord:
        """The keeper's words about a slot; writer: the pool's keeper."""
        return KeeperRecord(self._keeper_words(slot), self._worker_words(slot))

    def seat(self, slot: int) -> SeatRecord:
        """The supervisor's words about a slot; writer: the supervisor or the standalone zygote."""
        return SeatRecord(self._part(self._geometry.seats, self._slot(slot), SEAT_STRIDE))

    def series(self, slot: int) -> SeriesTable:
        """The slot's metric series; writer: the worker process in that slot."""
        return SeriesTable(
            self._part(self._geometry.series, self._slot(slot), SERIES_STRIDE),
            self._part(self._geometry.fine, slot, FINE_STRIDE),
        )

    def aftermath(self, slot: int) -> SeriesTable:
        """What came of jobs whose worker in this slot died; writer: the keeper that settles the death."""
        return SeriesTable(self._part(self._geometry.aftermath, self._slot(slot), SERIES_STRIDE))

    def counted(self) -> Iterator[SeriesTable]:
        """Every slot's series and aftermath that were ever written to, whoever sits there now."""
        for slot in range(self.slots):
            for region, table in ((self._geometry.series, self.series), (self._geometry.aftermath, self.aftermath)):
                # By pread: reading a hole of the memfd through the mapping would allocate its page.
                if any(os.pread(self.fd, WORD, region + slot * SERIES_STRIDE)):
                    yield table(slot)

    def pool(self, number: int) -> PoolRecord:
        """The supervisor's words about a pool; writer: the supervisor or the standalone zygote."""
        return PoolRecord(self._part(POOLS_OFFSET, self._pool(number), POOL_STRIDE))

    def figures(self, number: int) -> FiguresRecord:
        """A pool's queue figures; writer: that pool's keeper."""
        return FiguresRecord(self._part(self._geometry.figures, self._pool(number), FIGURES_STRIDE))

    def logger(self) -> LoggerRecord:
        """The logger's totals; writer: the logger."""
        return LoggerRecord(self._part(LOGGER_OFFSET, 0, PAGE))

    def _worker_words(self, slot: int) -> memoryview:
        return self._part(self._geometry.workers, self._slot(slot), WORKER_STRIDE)

    def _keeper_words(self, slot: int) -> memoryview:
        return self._part(self._geometry.keepers, self._slot(slot), KEEPER_STRIDE)

    def _part(self, region: int, number: int, stride: int) -> memoryview:
        start = (region + number * stride) // WORD
        return self._words[start : start + stride // WORD]

    def _slot(self, slot: int) -> int:
        if 0 <= slot < self.slots:
            return slot
        raise IndexError(f"slot {slot}: this scoreboard has slots 0 to {self.slots - 1}")

    def _pool(self, number: int) -> int:
        if 0 <= number < self.pools:
            return number
        raise IndexError(f"pool number {number}: this scoreboard has pools 0 to {self.pools - 1}")


def _check(fd: int) -> Geometry:
    try:
        about = os.fstat(fd)
        raw = os.pread(fd, _HEAD.size, 0) if stat.S_ISREG(about.st_mode) else b""
    except (OSError, OverflowError) as error:
        raise LayoutError(f"file descriptor {fd} cannot be read as a scoreboard: {error}") from error
    if len(raw) < _HEAD.size or (head := _HEAD.unpack(raw))[Head.MAGIC] != MAGIC:
        raise LayoutError(f"file descriptor {fd} is no scoreboard: is {FD_VARIABLE} that of a running supervisor?")
    if head[Head.VERSION] != LAYOUT_VERSION:
        raise LayoutError(
            f"the scoreboard behind file descriptor {fd} has layout version {head[Head.VERSION]}, this program "
            f"reads version {LAYOUT_VERSION}: it is of another release than the supervisor; restart that"
        )
    try:
        geometry = Geometry.of(head[Head.SLOTS], head[Head.POOLS])
    except ValueError as error:
        raise LayoutError(f"the scoreboard behind file descriptor {fd} is damaged: {error}") from error
    if geometry.size != head[Head.BYTES] or about.st_size < geometry.size:
        raise LayoutError(f"the scoreboard behind file descriptor {fd} is damaged: {about.st_size} bytes long")
    return geometry
