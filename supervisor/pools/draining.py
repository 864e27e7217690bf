"""Whom a drain waits for: the workers that were told to leave, what they run, and when they are killed."""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from supervisor.deaths.worker_death import started
from supervisor.pools.seat import Seat
from supervisor.services.states import State

log = logging.getLogger(__name__)

EVERY_S = 5.0
_NAMED = 10  # jobs in one line of the log


class Crowd(Protocol):
    """A pool, as far as it matters here."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def seats(self) -> Iterable[Seat]:
        """Its workers' places."""


def draining(pools: Iterable[Crowd], now: float) -> list[dict[str, Any]]:
    """Answer one row for each job that a draining worker runs, and one without a job for an idle one.

    `deadline_s`: seconds until the worker is killed, None for never.
    """
    rows = []
    for pool in pools:
        for seat in pool.seats:
            if seat.state is not State.DRAINING:
                continue
            seen = seat.own_words()
            row = {
                "pool": pool.name,
                "worker": seat.name,
                "pid": seat.pid,
                "deadline_s": None if math.isinf(seat.due) else round(max(0.0, seat.due - now), 1),
            }
            jobs = started(seen, now, now) if seen else ()
            rows += [
                {**row, "job": job.id, "type": job.type, "since_s": round(max(0.0, now - job.since), 1)} for job in jobs
            ] or [{**row, "job": None, "type": None, "since_s": None}]
    return rows


def sentence(row: Mapping[str, Any]) -> str:
    """Say one row of `draining`: `send-email 1-17-3 on default.2 since 4 s, killed in 26 s at the latest`. Pure."""
    limit = row["deadline_s"]
    end = "no deadline" if limit is None else f"killed in {limit:.0f} s at the latest"
    if row["job"] is None:
        return f"{row['worker']}, which runs nothing, {end}"
    return f"{row['type'] or 'job'} {row['job']} on {row['worker']} since {row['since_s']:.0f} s, {end}"


def summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say how many are waited for. Pure."""
    jobs = sum(row["job"] is not None for row in rows)
    if jobs:
        return f"waiting for {jobs} job{'s' if jobs > 1 else ''}"
    return f"waiting for {len(rows)} worker{'s' if len(rows) > 1 else ''} without a job"


class DrainTeller:
    """Names in the log whom a drain waits for, every few seconds."""

    def __init__(self) -> None:
        self._since = math.inf
        self._told = -math.inf

    def look(self, pools: Iterable[Crowd], now: float) -> None:
        """Say it, when somebody has been draining for a second and it was not said lately."""
        rows = [row for row in draining(pools, now) if row["job"] is not None]
        if not rows:
            self._since = math.inf
            return
        self._since = min(self._since, now)
        if now < self._since + 1.0 or now < self._told + EVERY_S:
            return
        self._told = now
        more = f"; and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
        log.info("%s: %s%s", summary(rows), "; ".join(map(sentence, rows[:_NAMED])), more)
