"""`workers`, `pools`, `deaths`: the store's list of workers, and what this host's supervisor says of its own."""

import socket
from collections.abc import Iterable, Mapping
from typing import Any

from engine import WorkerInfo
from gateway.live.sources import Round
from gateway.live.table import Reading, Row
from gateway.live.topic import Look, Topic
from gateway.supervisor_link import NoSupervisor

LAST_DEATHS = 100
STACK_CHARACTERS = 2000

_DEATH = (
    "id", "owner", "name", "kind", "pid", "at", "lived_s", "cause", "why", "code", "signal", "core", "charged", "slot",
    "generation", "jobs", "jobs_done", "rss_bytes", "peak_rss_bytes",
)  # fmt: skip

_GONE = frozenset({"STOPPED", "EXITED"})

Seat = Mapping[str, Any]


async def read_workers(round: Round, _: Look) -> Reading:
    """All that live, and those of this host that are to live; by host, pool and place."""
    workers, status = await round.workers(), await round.status()
    seats = [(str(pool["name"]), seat) for pool in (status or {}).get("pools", ()) for seat in pool["workers"]]
    here = socket.gethostname()
    cpu = round.sources.cpu.shares(int(seat["pid"]) for _, seat in seats if seat["pid"])
    return Reading(joined(workers, seats, here, cpu, round.sources.clock.now()))


def joined(
    workers: Iterable[WorkerInfo],
    seats: Iterable[tuple[str, Seat]],
    here: str,
    cpu: Mapping[int, float | None],
    now: float,
) -> list[Row]:
    """The rows of both lists. Pure.

    Args:
        workers: as the store knows them.
        seats: (pool, worker) as the supervisor's status has them.
        here: the host that the supervisor is on.
        cpu: share of a core by pid.
        now: by the store's clock; the status says for how long, not since when.
    """
    by_pid = {int(seat["pid"]): (pool, seat) for pool, seat in seats if seat["pid"]}
    rows = []
    for one in workers:
        mine = by_pid.pop(one.pid, None) if one.host == here else None
        if mine is not None and mine[0] != one.pool:
            by_pid[one.pid], mine = mine, None
        rows.append(_of_store(one, mine[1] if mine else None, cpu))
    waiting = [(pool, seat) for pool, seat in seats if not seat["pid"] and seat["state"] not in _GONE]
    rows += [_of_seat(pool, seat, here, now) for pool, seat in [*by_pid.values(), *waiting]]
    return sorted(rows, key=lambda row: (row[1], row[2], row[3], row[0]))


def _of_store(one: WorkerInfo, seat: Seat | None, cpu: Mapping[int, float | None]) -> Row:
    return (
        one.incarnation,
        one.host,
        one.pool,
        one.slot,
        str(seat["name"]) if seat else f"{one.pool}.{one.slot}",
        one.pid,
        "draining" if seat and seat["state"] == "DRAINING" else one.state,
        one.job,
        one.type,
        one.since and round(one.since, 1),
        one.jobs_done,
        round(one.started_at, 1),  # a keeper reckons it anew each second, and never quite the same
        one.generation,
        *(_known(seat, cpu) if seat else (None, None, None, None)),
        seat is not None,
    )


def _of_seat(pool: str, seat: Seat, here: str, now: float) -> Row:
    return (
        f"seat-{seat['name']}-{seat['pid'] or 0}",
        here,
        pool,
        seat["slot"],
        str(seat["name"]),
        seat["pid"],
        str(seat["state"]).lower(),
        None,
        None,
        round(now - float(seat["since_s"])),
        0,
        None,
        seat["generation"],
        *_known(seat, {}),
        True,
    )


def _known(seat: Seat, cpu: Mapping[int, float | None]) -> tuple[Any, ...]:
    return seat["rss_bytes"] or None, cpu.get(seat["pid"] or 0), seat["restarts"], seat["last_end"]


async def read_pools(round: Round, _: Look) -> Reading:
    """The pools of this host's supervisor, in the order of its config."""
    status = await round.status()
    if status is None:
        raise NoSupervisor("no supervisor answers on this host")
    return Reading([pool_row(pool) for pool in status.get("pools", ())])


def pool_row(pool: Mapping[str, Any]) -> Row:
    """One pool of a status. Pure."""
    scale = pool.get("autoscale") or {}
    seats = pool["workers"]
    return (
        pool["name"],
        pool["desired"],
        pool["running"],
        sum(seat["activity"] == "busy" for seat in seats),
        pool["generation"],
        pool["rolling"],
        pool["rollout"],
        pool["restarts"],
        pool["error"],
        pool["stopped"],
        sum(seat["rss_bytes"] for seat in seats),
        scale.get("min"),
        scale.get("max"),
        pool["tasks"],
    )


async def read_deaths(round: Round, _: Look) -> Reading:
    """The last death certificates of this host, the newest first."""
    link = round.sources.link
    if link is None:
        raise NoSupervisor("this gateway knows no supervisor")
    found = await link.deaths(LAST_DEATHS)
    return Reading([death_row(one) for one in found])


def death_row(one: Mapping[str, Any]) -> Row:
    """One certificate. Pure."""
    return (*(one.get(name) for name in _DEATH), str(one.get("stack") or "")[:STACK_CHARACTERS])


_WORKER = (
    "id", "host", "pool", "slot", "name", "pid", "state", "job", "type", "since", "jobs_done", "started_at",
    "generation", "rss", "cpu", "restarts", "last_end", "local",
)  # fmt: skip
_POOL = (
    "name", "desired", "running", "busy", "generation", "rolling", "rollout", "restarts", "error", "stopped", "rss",
    "min", "max", "tasks",
)  # fmt: skip

WORKERS = Topic(_WORKER, read_workers)
POOLS = Topic(_POOL, read_pools)
DEATHS = Topic((*_DEATH, "stack"), read_deaths)
