"""`status`: everything that is alive, and what it does. The form of the answer is told in docs/status.md."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scoreboard import WorkerState
from supervisor.arbiter import Arbiter
from supervisor.children import Exit
from supervisor.commands.rollout import told
from supervisor.figures import queue_figures
from supervisor.memory import resident
from supervisor.pool import Pool
from supervisor.seat import Seat
from supervisor.service import Service
from supervisor.store import Store
from supervisor.upgrade import Upgrade

VERSION = 1


def run(arbiter: Arbiter, _args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the status."""
    now = time.monotonic()
    herd = arbiter.herd
    up_s = now - arbiter.started
    return {
        "version": VERSION,
        "pid": os.getpid(),
        "state": "running" if arbiter.leaving is None else "stopping",
        "stage": arbiter.leaving.stage if arbiter.leaving else "",
        "started_at": _iso(time.time() - up_s),
        "uptime_s": round(up_s, 1),
        "rss_bytes": resident(os.getpid()),
        "addresses": arbiter.addresses,
        "upgrade": _upgrade(herd.upgrade),
        "pools": [_pool(pool, now) for pool in herd.pools],
        "programs": [_service(one, now) for services in herd.programs.values() for one in services],
        "store": _store(herd.store, now),
        "janitor": _service(herd.janitor, now) if herd.janitor else None,
        "gateway": _service(herd.gateway, now) if herd.gateway else None,
        "logger": _service(herd.logger.service, now),
        "queues": queue_figures(herd.board, len(herd.pools)).queues,
        "logs": {
            "written_bytes": herd.board.logger().written_bytes,
            "dropped_bytes": herd.board.logger().dropped_bytes,
        },
    }


def _upgrade(upgrade: Upgrade | None) -> dict[str, Any] | None:
    return None if upgrade is None else {"state": upgrade.state, "count": upgrade.count, "error": upgrade.error}


def _pool(pool: Pool, now: float) -> dict[str, Any]:
    generations = pool.generations
    current = generations.current
    return {
        "name": pool.name,
        "desired": pool.desired,
        "stopped": pool.stopped,
        "running": pool.seats.running,
        "generation": current.generation if current else 0,
        "rolling": pool.rolling.active is not None or generations.candidate is not None,
        "rollout": told(pool, pool.rolling.last) if pool.rolling.last else None,
        "zygote_pid": current.pid if current else None,
        "keeper_pid": current.keeper if current else None,
        "tasks": list(current.tasks) if current else [],
        "error": generations.error,
        "restarts": sum(pool.restarts.values()),
        "recycles": dict(pool.recycles),
        "workers": [_worker(seat, now) for seat in pool.seats],
    }


def _worker(seat: Seat, now: float) -> dict[str, Any]:
    seen = seat.own_words()
    return {
        "slot": seat.slot,
        "name": seat.name,
        "pid": seat.pid,
        "state": str(seat.state),
        "activity": seen.state.name.lower() if seen else None,
        "task": (seen.task or None) if seen and seen.state is WorkerState.BUSY else None,
        "generation": seat.generation,
        "since_s": round(now - seat.since, 1),
        "restarts": seat.restarts,
        "last_end": _last_end(seat),
        "leaving_for": seat.reason or None,
        "jobs_done": seen.jobs_done if seen else 0,
        "rss_bytes": resident(seat.pid) if seat.pid else 0,
    }


def _last_end(seat: Seat) -> dict[str, Any] | None:
    death = seat.last_death
    if death is None:
        return None
    return {"cause": death.text, "code": death.code, "signal": death.signal, "reason": seat.last_reason or None}


def _service(service: Service, now: float) -> dict[str, Any]:
    child = service.child
    return {
        "name": service.name,
        "state": str(service.state),
        "pid": service.pid,
        "adopted": bool(child and child.adopted),
        "since_s": round(now - service.since, 1),
        "restarts": service.restarts,
        "last_end": _end(service.last_exit),
        "error": service.error,
        "rss_bytes": resident(service.pid) if service.pid else 0,
    }


def _store(store: Store | None, now: float) -> dict[str, Any]:
    if store is None:
        return {"kind": "given"}
    return {
        "kind": "embedded",
        **_service(store, now),
        "server": str(store.server.path),
        "server_version": store.server.version,
        "socket": str(store.files.socket),
    }


def _end(end: Exit | None) -> dict[str, Any] | None:
    return None if end is None else {"code": end.code, "signal": end.signal}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
