"""How many jobs to claim at once. Pure: it is told what jobs took, and says how many.

A batch pays for one round trip, so many short jobs go together; a long job goes alone, because what is claimed behind
it would wait for it.
"""

TARGET_NS = 10_000_000  # a batch is meant to take about this long; after it, what is done is acknowledged
OVERSTAY_NS = 25_000_000  # a job that takes longer than this keeps nobody waiting behind it
_GROWTH = 4  # times the last size at most: one lucky batch proves little


class BatchSize:
    """Follows what jobs take: falls at once, grows by steps."""

    def __init__(self, max_batch: int) -> None:
        self._max = max(1, max_batch)
        self._average_ns = float(TARGET_NS)  # nothing is known: begin with one
        self.size = 1

    def observe(self, jobs: int, took_ns: int) -> None:
        """A batch of ``jobs`` was run in ``took_ns`` altogether."""
        if jobs <= 0:
            return
        now = max(1.0, took_ns / jobs)
        # A slower batch is believed at once, a faster one by and by.
        self._average_ns = now if now > self._average_ns else (self._average_ns + 3 * now) / 4
        fits = int(TARGET_NS / self._average_ns)
        self.size = max(1, min(fits, self.size * _GROWTH, self._max))

    @property
    def short(self) -> bool:
        """Whether jobs are short enough to claim the next batch while this one runs."""
        return self.size > 1

    def surplus(self, held: int) -> int:
        """How many of ``held`` claimed jobs to give back, so that the last does not wait longer than a while."""
        bearable = max(1, int(OVERSTAY_NS / self._average_ns))
        return max(0, held - bearable)
