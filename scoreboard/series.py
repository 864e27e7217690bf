"""Metric series of one slot: outcome counters and histograms that outlive the worker that counts.

Writer: the worker in that slot; of `Board.aftermath`, the keeper that settles its death. A successor finds the rows of
its predecessor and goes on counting, so counters never go backwards. Rows are keyed (queue, type): outcomes and run
times of jobs; rows keyed (queue, "") hold waiting times. Rows are never given back; when the table is full, what is new
counts in the row "(other)".
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from scoreboard import fine
from scoreboard.fields import pack_text
from scoreboard.fine import FineSnapshot
from scoreboard.layout import FINE_ROW_BYTES, PAGE, SERIES_ROW_BYTES, SERIES_ROWS, WORD, SeriesHead, SeriesRow

BUCKETS: Final = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
    1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, float("inf"),
)  # fmt: skip
OUTCOMES: Final = (
    "completed", "retried", "dead", "released", "lost", "discarded", "expired", "cancelled", "crashed",
)  # fmt: skip
OTHER: Final = "(other)"

_BOUNDS_NS: Final = tuple(round(bound * 1e9) for bound in BUCKETS[:-1])
_HEAD_WORDS: Final = PAGE // WORD
_ROW_WORDS: Final = SERIES_ROW_BYTES // WORD
_FINE_WORDS: Final = FINE_ROW_BYTES // WORD
_KEY_BYTES: Final = SERIES_ROW_BYTES - SeriesRow.KEY * WORD
_LATE_PLACE: Final = SeriesRow.LATE - SeriesRow.OUTCOMES
_PLACES: Final = {outcome: place for place, outcome in enumerate(OUTCOMES)}
_QUEUE_BYTES: Final = 104
_TYPE_BYTES: Final = _KEY_BYTES - _QUEUE_BYTES
_LENGTH_MASK: Final = (1 << 32) - 1
_ORDINARY: Final = SERIES_ROWS - 2  # one "(other)" row of each kind always has a place


class SeriesKind(IntEnum):
    """What a row counts."""

    FREE = 0
    JOBS = 1  # outcomes, and how long jobs ran
    WAITS = 2  # how long jobs waited


@dataclass(frozen=True, slots=True)
class SeriesSnapshot:
    """A copy of one row. `buckets` has one number for each of BUCKETS, not cumulated.

    late: of a row of waiting times: how many of them were longer than wanted.
    """

    queue: str
    type: str
    outcomes: dict[str, int]
    buckets: tuple[int, ...]
    sum_ns: int
    count: int
    kind: SeriesKind
    late: int = 0


class Row:
    """One row, for its writer: totals are kept here and stored as plain words."""

    __slots__ = ("_fine", "_outcomes", "_totals", "_totals_words", "_words")

    def __init__(self, words: memoryview, fine_words: memoryview | None = None) -> None:
        """Go on from what the words hold."""
        self._words = words
        self._fine = fine_words
        self._outcomes = words[SeriesRow.OUTCOMES : SeriesRow.SUM_NS].tolist()
        self._totals_words = words[SeriesRow.SUM_NS : SeriesRow.KEY]
        self._totals: array[int] = array("Q", self._totals_words)  # sum, count, buckets

    def add(self, completed: int = 0, **others: int) -> None:
        """Count outcomes of jobs, by their names in OUTCOMES."""
        outcomes, words = self._outcomes, self._words
        if completed:
            outcomes[0] += completed
            words[SeriesRow.OUTCOMES] = outcomes[0]
        for outcome, more in others.items():
            place = _PLACES[outcome]
            outcomes[place] += more
            words[SeriesRow.OUTCOMES + place] = outcomes[place]

    def add_late(self, jobs: int) -> None:
        """Count jobs that waited longer than wanted; of a row of waiting times only."""
        self._outcomes[_LATE_PLACE] += jobs
        self._words[SeriesRow.LATE] = self._outcomes[_LATE_PLACE]

    def observe(self, duration_ns: int, n: int = 1) -> None:
        """Count `n` durations of so many nanoseconds each; negative ones count as 0."""
        duration_ns = max(duration_ns, 0)
        totals = self._totals
        totals[0] += duration_ns * n
        totals[1] += n
        totals[2 + bisect_left(_BOUNDS_NS, duration_ns)] += n
        self._totals_words[:] = totals
        if self._fine is not None and n:
            fine.add(self._fine, [duration_ns] * n, failed=False)

    def observe_many(self, durations_ns: Sequence[int], *, failed: bool = False) -> None:
        """Count many durations in nanoseconds and store once; `failed` of runs that did not complete."""
        if not durations_ns:
            return
        if min(durations_ns) < 0:
            durations_ns = [max(duration, 0) for duration in durations_ns]
        totals = self._totals
        totals[0] += sum(durations_ns)
        totals[1] += len(durations_ns)
        if max(durations_ns) <= _BOUNDS_NS[0]:  # short jobs come in large batches
            totals[2] += len(durations_ns)
        else:
            for duration in durations_ns:
                totals[2 + bisect_left(_BOUNDS_NS, duration)] += 1
        self._totals_words[:] = totals
        if self._fine is not None:
            fine.add(self._fine, durations_ns, failed=failed)


class SeriesTable:
    """The rows of one slot."""

    __slots__ = ("_fine", "_rows", "_words")

    def __init__(self, words: memoryview, fine_words: memoryview | None = None) -> None:
        """Look at a table; `words` are its own, `fine_words` those of its fine histograms, where it has any."""
        self._words = words
        self._fine = fine_words
        self._rows: dict[tuple[str, str], Row] | None = None  # a reader never needs it

    def row(self, queue: str, type: str) -> Row:
        """Find the row of a queue and a type (type "": its waiting times), or make it.

        Keep the row: finding it again costs a dictionary look-up. Names too long for a row are cut, and a
        full table gives the row "(other)".
        """
        if self._rows is None:
            self._rows = self._load()
        row = self._rows.get((queue, type))
        if row is None:
            row = self._rows[queue, type] = self._find(_cut(queue, _QUEUE_BYTES), _cut(type, _TYPE_BYTES))
        return row

    def rows(self) -> list[SeriesSnapshot]:
        """Copy all rows, from any process; a row that makes no sense is left out."""
        places = range(min(self._words[SeriesHead.USED], SERIES_ROWS))
        found = (_read(self._at(place)) for place in places)
        return [row for row in found if row is not None]

    def details(self) -> list[tuple[SeriesSnapshot, FineSnapshot | None]]:
        """Copy all rows as `rows` does, each with its fine histograms if it has any."""
        places = range(min(self._words[SeriesHead.USED], SERIES_ROWS))
        found = ((place, _read(self._at(place))) for place in places)
        # Of a row that has counted nothing the page may be a hole.
        return [
            (row, fine.read(words) if row.count and (words := self._fine_at(place)) is not None else None)
            for place, row in found
            if row is not None
        ]

    def _load(self) -> dict[tuple[str, str], Row]:
        rows: dict[tuple[str, str], Row] = {}
        for place in range(min(self._words[SeriesHead.USED], SERIES_ROWS)):
            words = self._at(place)
            read = _read(words)
            if read is not None:
                rows.setdefault((read.queue, read.type), Row(words, self._fine_at(place)))
        return rows

    def _find(self, queue: str, type_: str) -> Row:
        assert self._rows is not None  # noqa: S101 - for the type checker: row() has loaded it
        row = self._rows.get((queue, type_))
        if row is not None:
            return row
        used = self._words[SeriesHead.USED]
        if used >= _ORDINARY and queue != OTHER:
            return self.row(OTHER, OTHER if type_ else "")
        place = min(used, SERIES_ROWS - 1)
        words = self._at(place)
        _make(words, queue, type_)
        self._words[SeriesHead.USED] = place + 1
        return Row(words, self._fine_at(place))

    def _at(self, place: int) -> memoryview:
        start = _HEAD_WORDS + place * _ROW_WORDS
        return self._words[start : start + _ROW_WORDS]

    def _fine_at(self, place: int) -> memoryview | None:
        start = place * _FINE_WORDS
        return self._fine[start : start + _FINE_WORDS] if self._fine is not None else None


def _cut(name: str, size: int) -> str:
    return name if len(name) * 4 <= size else pack_text(name, size).rstrip(b"\0").decode()


def _make(words: memoryview, queue: str, type_: str) -> None:
    queue_raw, type_raw = queue.encode("utf-8", "replace"), type_.encode("utf-8", "replace")
    words[SeriesRow.KIND] = SeriesKind.FREE
    words[:] = array("Q", bytes(SERIES_ROW_BYTES))
    words[SeriesRow.KEY :].cast("B")[: len(queue_raw) + len(type_raw)] = queue_raw + type_raw
    words[SeriesRow.KEY_LENGTHS] = len(queue_raw) << 32 | len(type_raw)
    words[SeriesRow.KIND] = SeriesKind.JOBS if type_ else SeriesKind.WAITS


def _read(words: memoryview) -> SeriesSnapshot | None:
    values = words.tolist()
    lengths = values[SeriesRow.KEY_LENGTHS]
    queue_end, type_length = lengths >> 32, lengths & _LENGTH_MASK
    if values[SeriesRow.KIND] not in (SeriesKind.JOBS, SeriesKind.WAITS) or queue_end + type_length > _KEY_BYTES:
        return None
    key = words[SeriesRow.KEY :].tobytes()
    late = values[SeriesRow.LATE] if values[SeriesRow.KIND] == SeriesKind.WAITS else 0
    if late:
        values[SeriesRow.LATE] = 0
    return SeriesSnapshot(
        queue=key[:queue_end].decode("utf-8", "replace"),
        type=key[queue_end : queue_end + type_length].decode("utf-8", "replace"),
        outcomes=dict(zip(OUTCOMES, values[SeriesRow.OUTCOMES : SeriesRow.SUM_NS], strict=True)),
        buckets=tuple(values[SeriesRow.BUCKETS : SeriesRow.KEY]),
        sum_ns=values[SeriesRow.SUM_NS],
        count=values[SeriesRow.COUNT],
        kind=SeriesKind(values[SeriesRow.KIND]),
        late=late,
    )
