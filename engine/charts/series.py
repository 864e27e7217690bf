"""The charts' figures: read from strings of minutes, tens of minutes or hours (docs/series.md), merged over queues and
types, a value for each span of time. A span in which nobody counted is a gap: None, not 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from engine.charts.metrics import METRICS, Metric
from engine.charts.vector import Counts, grow, spans, unpack
from engine.store.calls import text
from engine.store.question import Question, Together

STEPS = {60: 60, 600: 144, 3600: 240}
"""Seconds of a span -> spans in a string; as part series of the scripts has it."""

POINTS = 1500
"""Spans in one answer, at most."""

STRINGS = 1000
"""Strings of spans read for one answer, at most."""

_LOOK = 25  # strings whose length is asked for at once
_LOT = 50  # strings in one command: between two of them others have their turn
_HOSTS, _SAMPLES = "h", "s"


class TooMuch(ValueError):
    """More was asked for than is read at once; the text says what would be less."""


class Series(msgspec.Struct, frozen=True):
    """What was asked for. Times are epoch seconds, by the store's clock.

    Attributes:
        start, end: the first span's beginning and the last one's end. step: seconds of a span.
        values: metric -> a value for each span, None = not known; the last span may not be over yet.
        samples: of metrics that are percentiles or means, of how many runs or waits each value is.
    """

    start: int
    end: int
    step: int
    values: dict[str, list[float | None]]
    samples: dict[str, list[int]]


class SeriesName(msgspec.Struct, frozen=True):
    """A queue and type that was counted; type is "" for what is counted by queue. bytes: what its strings take now."""

    queue: str
    type: str
    bytes: int


class _Asked(NamedTuple):
    base: str
    start: int
    end: int
    step: int

    def blocks(self) -> range:
        length = self.step * STEPS[self.step]
        return range(self.start // length, (self.end - 1) // length + 1)

    def key(self, number: str, block: int) -> str:
        return f"{self.base}:series:{self.step}:{number}:{block}"


def step_for(seconds: float) -> int:
    """The step that suits a time of so many seconds: minutes up to 6 hours, tens up to 3 days, else hours."""
    return 60 if seconds <= 6 * 3600 else 600 if seconds <= 3 * 86400 else 3600


def series(
    base: str,
    metrics: Sequence[str],
    *,
    queue: str | None,
    type: str | None,
    start: float | None,
    end: float | None,
    step: int | None,
) -> Question[Series]:
    """These metrics of a queue, of a type, of both or of all.

    Args:
        metrics: names of `engine.charts.metrics.METRICS`.
        start, end: epoch seconds, taken to spans; None = three hours before the end, now.
        step: 60, 600 or 3600; None = what suits the time.

    Raises:
        ValueError: there is no such metric or step; the end is not behind the start; a metric that is counted by queue
            was asked for by type.
        TooMuch: it is more than `POINTS` or `STRINGS`.
    """
    wanted = {name: _metric(name, type) for name in metrics}
    if end is None:
        seconds, _ = yield ("TIME",)
        end = int(seconds) + 1
    asked = _span(base, end - 3 * 3600 if start is None else start, end, step)
    rows = yield ("HGETALL", f"{base}:series:names")
    names = {text(rows[i]): text(rows[i + 1]) for i in range(0, len(rows), 2)}
    kinds = {metric.kind for metric in wanted.values()}
    chosen = {name: number for name, number in names.items() if name[0] in kinds and _fits(name[1:], queue, type)}
    clocks = {letter: names[letter] for letter in (_HOSTS, _SAMPLES) if letter in names}
    strings = len(asked.blocks()) * (len(chosen) + len(clocks))
    if strings > STRINGS:
        raise TooMuch(
            f"{len(chosen)} series in steps of {asked.step} s are {strings} strings for that time, and {STRINGS} are "
            "read at once; name a queue or a type, ask for a shorter time, or for a larger step"
        )
    upto = max(metric.upto for metric in wanted.values())
    read: dict[str, dict[int, Counts]] = {}
    for name, number in {**clocks, **chosen}.items():
        read[name] = yield from _read(asked, number, upto)
    return _answer(asked, wanted, read)


def names(base: str) -> Question[list[SeriesName]]:
    """Which queues and types have figures, and what memory those take (keys' overhead not counted)."""
    rows = yield ("HGETALL", f"{base}:series:names")
    seconds, _ = yield ("TIME",)
    sizes: dict[tuple[str, str], int] = {}
    for i in range(0, len(rows), 2):
        name, number = text(rows[i]), text(rows[i + 1])
        if name in (_HOSTS, _SAMPLES):
            continue
        size = 0
        for step, length in STEPS.items():
            size += yield from _size(f"{base}:series:{step}:{number}:", int(seconds) // (step * length))
        queue, _, type_ = name[1:].partition("\t")
        sizes[queue, type_] = sizes.get((queue, type_), 0) + size
    return [SeriesName(queue, type_, size) for (queue, type_), size in sorted(sizes.items())]


def _size(prefix: str, block: int) -> Question[int]:
    size = 0
    while block > 0:  # a day's strings of minutes at a time, back to a day of which nothing is kept
        lengths = yield Together([("STRLEN", f"{prefix}{block - back}") for back in range(_LOOK)])
        found = sum(length for length in lengths if isinstance(length, int))
        if not found:
            break
        size, block = size + found, block - _LOOK
    return size


def _metric(name: str, type: str | None) -> Metric:
    found = METRICS.get(name)
    if found is None:
        raise ValueError(f"there is no metric {name!r}: there are {', '.join(METRICS)}")
    if type is not None and found.kind != "j":
        raise ValueError(f"{name} is counted by queue, not by type: ask for it without a type")
    return found


def _span(base: str, start: float, end: float, step: int | None) -> _Asked:
    if end <= start:
        raise ValueError(f"the end, {end:.0f}, is not behind the start, {start:.0f}")
    step = step_for(end - start) if step is None else step
    if step not in STEPS:
        raise ValueError(f"there is no step of {step} s: there are {', '.join(map(str, STEPS))}")
    first, last = int(start // step) * step, -int(-end // step) * step
    if first < 0 or (last - first) // step > POINTS:
        raise TooMuch(
            f"{(last - first) // step} points of {step} s: {POINTS} are given at once, ask for a shorter time or for a "
            "larger step"
        )
    return _Asked(base, first, last, step)


def _fits(name: str, queue: str | None, type: str | None) -> bool:
    of_queue, _, of_type = name.partition("\t")
    return (queue is None or queue == of_queue) and (type is None or type == of_type)


def _read(asked: _Asked, number: str, upto: int) -> Question[dict[int, Counts]]:
    found: dict[int, Counts] = {}
    blocks = asked.blocks()
    for begin in range(0, len(blocks), _LOT):
        some = blocks[begin : begin + _LOT]
        texts = yield ("MGET", *(asked.key(number, block) for block in some))
        for block, entries in zip(some, texts, strict=True):
            first = block * asked.step * STEPS[asked.step]
            for span, packed in spans(entries or b""):
                at = first + span * asked.step
                if asked.start <= at < asked.end:
                    found[at] = unpack(packed, upto)
    return found


def _answer(asked: _Asked, wanted: Mapping[str, Metric], read: Mapping[str, Mapping[int, Counts]]) -> Series:
    values: dict[str, list[float | None]] = {name: [] for name in wanted}
    samples: dict[str, list[int]] = {name: [] for name, metric in wanted.items() if metric.of is not None}
    by_kind: dict[str, list[Mapping[int, Counts]]] = {}
    for name, found in read.items():
        by_kind.setdefault(name[0], []).append(found)
    hosts, sampled = read.get(_HOSTS, {}), read.get(_SAMPLES, {})
    for at in range(asked.start, asked.end, asked.step):
        merged = {kind: _merged(found, at) for kind, found in by_kind.items() if kind in "jw"}
        gauges = [found[at] for found in by_kind.get("g", ()) if at in found]
        times = sampled.get(at, {}).get(1, 0)
        for name, metric in wanted.items():
            if metric.kind == "g":
                values[name].append(metric.gauge(gauges, times) if times else None)
                continue
            counts = merged.get(metric.kind, {})
            seen = bool(counts) or at in hosts
            values[name].append(metric.value(counts) if seen else None)
            if metric.of is not None:
                samples[name].append(metric.of(counts))
    return Series(asked.start, asked.end, asked.step, values, samples)


def _merged(found: Iterable[Mapping[int, Counts]], at: int) -> Counts:
    counts: Counts = {}
    for one in found:
        if at in one:
            grow(counts, one[at])
    return counts
