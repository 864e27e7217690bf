"""A worker's death certificate, put together from its seat, its record and its zygote's word. Pure but for the time."""

import time
from typing import Protocol

from scoreboard import Board, Death, EntryState, ExitReason, WorkerSnapshot
from supervisor.deaths.certificates import Certificate, RanJob, reason
from supervisor.pools.seat import Seat
from supervisor.pools.zygote import WorkerExit


class Owner(Protocol):
    """The pool, as far as it matters here."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def stopped(self) -> bool:
        """Whether it is to have no workers."""


def certificate(pool: Owner, seat: Seat, death: Death, told: WorkerExit | None, board: Board) -> Certificate:
    """Say how the worker in a seat died; to be called before the seat forgets it.

    Args:
        pool: whose worker it was.
        seat: where it sat.
        death: how it ended.
        told: what its zygote says; None when that had died before.
        board: the scoreboard, with the seat's record.
    """
    now, wall = time.monotonic(), time.time()
    record = board.seat(seat.slot).snapshot()
    seen = seat.own_words()
    born = seen.started_at_ns / 1e9 if seen and seen.started_at_ns else seat.since
    left = seen.exit_reason if seen else ExitReason.NONE
    return Certificate(
        owner=pool.name,
        name=seat.name,
        kind="worker",
        pid=seat.pid or (told.pid if told else 0),
        at=wall,
        lived_s=round(max(0.0, now - born), 3),
        cause=death.cause.name.lower(),
        why=reason(death, record.intent, left, stopped=pool.stopped, wish=seat.reason),
        code=death.code,
        signal=death.signal,
        core=bool(told and told.core),
        charged=death.charged and bool(seen and started(seen, now, wall)),
        slot=seat.slot,
        generation=seat.generation,
        jobs=started(seen, now, wall) if seen else (),
        jobs_done=seen.jobs_done if seen else 0,
        rss_bytes=record.rss,
        peak_rss_bytes=max(record.rss, told.peak_rss if told else 0),
        stack=told.stack if told else "",
    )


def started(seen: WorkerSnapshot, now: float, wall: float) -> tuple[RanJob, ...]:
    """Answer the jobs that had started; monotonic and wall time in seconds."""
    running = [entry for entry in seen.entries if entry.state is EntryState.STARTED]
    # The record names one type: that of the job that was started last.
    kind = seen.task if len(running) == 1 else ""
    return tuple(
        RanJob(
            id=f"{entry.lane}-{entry.ms}-{entry.seq}",
            type=kind,
            since=round(wall - (now - entry.started_ns / 1e9), 3),
        )
        for entry in running
    )
