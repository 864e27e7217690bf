"""The logger's own figures, where the supervisor's metrics find them."""

import os
import threading
from collections.abc import Mapping

from scoreboard import FD_VARIABLE, Board, LayoutError


class BoardTally:
    """Counts into the scoreboard's LoggerRecord. Reader and writer thread share it, hence the lock."""

    def __init__(self, board: Board) -> None:
        self._record = board.logger()
        self._lock = threading.Lock()

    def wrote(self, size: int, lines: int) -> None:
        """Count what reached the disk."""
        with self._lock:
            self._record.add(written=size, lines=lines)

    def dropped(self, size: int) -> None:
        """Count what was lost."""
        with self._lock:
            self._record.add(dropped=size)


class NoTally:
    """Counts nothing: there is no scoreboard."""

    def wrote(self, size: int, lines: int) -> None:
        """Forget it."""

    def dropped(self, size: int) -> None:
        """Forget it."""


def tally(environ: Mapping[str, str]) -> BoardTally | NoTally:
    """Use the inherited scoreboard, if there is one that can be read."""
    inherited = environ.get(FD_VARIABLE, "")
    if inherited.isdigit():
        try:
            board = Board.attach(int(inherited))
        except LayoutError:
            return NoTally()
        os.set_inheritable(board.fd, False)  # noqa: FBT003  the argument has no name
        return BoardTally(board)
    return NoTally()
