"""What all workers of this host have counted so far, by queue and type. No slot is ever left out, so sums only grow."""

from typing import Final

from scoreboard.board import Board
from scoreboard.layout import FINE_BUCKETS
from scoreboard.series import OUTCOMES, SeriesKind

_NONE: Final = (0,) * FINE_BUCKETS


class Sum:
    """The sum of the rows of one kind, queue and type; see SeriesSnapshot and FineSnapshot."""

    __slots__ = ("count", "failed", "failed_ns", "late", "outcomes", "runs", "sum_ns")

    def __init__(self) -> None:
        self.outcomes = dict.fromkeys(OUTCOMES, 0)
        self.sum_ns = self.count = self.failed_ns = self.late = 0
        self.runs: list[int] = list(_NONE)
        self.failed: list[int] = list(_NONE)


def sums(board: Board) -> dict[tuple[SeriesKind, str, str], Sum]:
    """Add up every slot's rows, by (kind, queue, type); rows that have counted nothing yet are left out."""
    found: dict[tuple[SeriesKind, str, str], Sum] = {}
    for table in board.counted():
        for row, fine in table.details():
            if not row.count and not any(row.outcomes.values()):
                continue
            total = found.setdefault((row.kind, row.queue, row.type), Sum())
            total.sum_ns += row.sum_ns
            total.count += row.count
            total.late += row.late
            for outcome, count in row.outcomes.items():
                total.outcomes[outcome] += count
            if fine is not None:
                total.failed_ns += fine.failed_ns
                total.runs = [a + b for a, b in zip(total.runs, fine.runs, strict=True)]
                total.failed = [a + b for a, b in zip(total.failed, fine.failed, strict=True)]
    return found
