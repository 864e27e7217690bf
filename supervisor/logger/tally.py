"""The logger's own figures, where the supervisor's metrics find them."""

import os
import threading
import time
from collections.abc import Mapping

from scoreboard import FD_VARIABLE, Board, LayoutError


class BoardTally:
    """Counts into the scoreboard's LoggerRecord. Reader and writer thread share it, hence the lock."""

    def __init__(self, board: Board) -> None:
        self._record = board.logger()
        self._lock = threading.Lock()

    def took(self, size: int) -> None:
        """Count what was read and is to be written."""
        with self._lock:
            self._record.add(taken=size)

    def wrote(self, size: int, lines: int) -> None:
        """Count what reached the disk."""
        with self._lock:
            self._record.add(written=size, lines=lines)

    def dropped(self, size: int) -> None:
        """Count what was lost."""
        with self._lock:
            self._record.add(dropped=size)

    def beat(self) -> None:
        """Say that the reading loop turns."""
        self._record.beat_ns = time.monotonic_ns()

    def inherit(self) -> int:
        """Count what an earlier logger had in hand when it was killed as dropped; answer how much that was."""
        record = self._record
        lost = max(0, record.taken_bytes - record.written_bytes - record.dropped_bytes)
        self.dropped(lost)
        return lost


class NoTally:
    """Counts nothing: there is no scoreboard."""

    def took(self, size: int) -> None:
        """Forget it."""

    def wrote(self, size: int, lines: int) -> None:
        """Forget it."""

    def dropped(self, size: int) -> None:
        """Forget it."""

    def beat(self) -> None:
        """Forget it."""

    def inherit(self) -> int:
        """Answer that nothing is known of."""
        return 0


def find_board(environ: Mapping[str, str]) -> Board | None:
    """Use the inherited scoreboard, if there is one that can be read."""
    inherited = environ.get(FD_VARIABLE, "")
    if not inherited.isdigit():
        return None
    try:
        board = Board.attach(int(inherited))
    except LayoutError:
        return None
    os.set_inheritable(board.fd, False)  # noqa: FBT003  the argument has no name
    return board


def tally(board: Board | None) -> BoardTally | NoTally:
    """Count on the board, where there is one."""
    return NoTally() if board is None else BoardTally(board)
