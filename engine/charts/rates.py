"""How fast jobs come and go, by queue, over the last minute: from counters that only grow, and from a reading of them
that is about a minute old.
"""

from typing import Any

import msgspec

from engine.store.calls import Call, text

WINDOW = 65.0
"""Seconds back to the earlier reading, at most; readings stand twenty seconds apart."""

STALE = 30.0
"""Seconds without a word of any host after which what they count is held to stand still."""


class Rate(msgspec.Struct, frozen=True):
    """Jobs a second.

    Attributes:
        in_per_s: new jobs accepted, delayed ones too; what is tried again or given back is not counted again.
        out_per_s: jobs that came to an end: done, dead, discarded, expired, or cancelled while they ran.
        done_per_s: jobs that completed.
        failed_per_s: runs that failed or took their process down, whether the job was tried again or not.
    """

    in_per_s: float = 0.0
    out_per_s: float = 0.0
    done_per_s: float = 0.0
    failed_per_s: float = 0.0

    @property
    def jobs_per_s(self) -> float:
        """Runs that ended, well or not."""
        return self.done_per_s + self.failed_per_s


class Rates(msgspec.Struct, frozen=True):
    """Rates of all queues that were ever used.

    Attributes:
        now: epoch seconds by the store's clock. window: the seconds they are the mean of, 0.0 = nothing is known yet.
        told_at: when a host last told what it had counted, epoch seconds, 0.0 = never. Hosts tell every five seconds,
            so all but `in_per_s` may be so old.
    """

    now: float
    window: float
    told_at: float
    total: Rate
    queues: dict[str, Rate]


def rates() -> Call[Rates]:
    """The rates of the last minute; one short script that reads, fit to be called once a second."""
    return Call("rates", [round(WINDOW * 1000)], _rates)


def _rates(reply: Any) -> Rates:
    now_ms, totals, then_ms, before = reply
    new, old = _counts(totals), _counts(before)
    at, at_before = new.pop("at", 0), old.pop("at", 0)
    span = (now_ms - then_ms) / 1000 if then_ms else 0.0
    # What hosts count comes in lots: the time it took them ends with the last lot, not now.
    told = span if now_ms - at > STALE * 1000 else (at - at_before) / 1000
    letters: dict[str, dict[str, float]] = {}
    for field, count in new.items():
        # A store that was put back in time has counted less than before.
        grown, seconds = max(0, count - old.get(field, 0)), span if field[0] == "i" else told
        letters.setdefault(field[1:], {})[field[0]] = grown / seconds if seconds > 0 else 0.0
    queues = {queue: _rate(found) for queue, found in sorted(letters.items())}
    total = _rate({letter: sum(found.get(letter, 0.0) for found in letters.values()) for letter in "iodf"})
    return Rates(now_ms / 1000, span, at / 1000, total, queues)


def _rate(found: dict[str, float]) -> Rate:
    return Rate(*(found.get(letter, 0.0) for letter in "iodf"))


def _counts(rows: list[Any]) -> dict[str, int]:
    return {text(rows[i]): int(rows[i + 1]) for i in range(0, len(rows), 2)}
