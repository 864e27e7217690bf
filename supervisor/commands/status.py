"""`status`: everything that is alive, and what it does. The form of the answer is told in docs/status.md."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scoreboard import WorkerState
from scoreboard.memory import resident
from supervisor.arbiter import Arbiter
from supervisor.commands.rollout import told
from supervisor.herd import Herd
from supervisor.outside.figures import queue_figures
from supervisor.pools.autoscaling import told as autoscale_told
from supervisor.pools.draining import draining
from supervisor.pools.pool import Pool
from supervisor.pools.seat import Seat
from supervisor.probes.verdict import Health
from supervisor.processes.children import Exit
from supervisor.services.service import Service
from supervisor.services.store import Store
from supervisor.upgrading.upgrade import Upgrade

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
        "config": _config(arbiter),
        "pools": [_pool(pool, herd, now) for pool in herd.pools],
        "draining": draining(herd.pools, now),
        "programs": [_program(name, one, herd, now) for name, all_ in herd.programs.items() for one in all_],
        "store": _store(herd.store, now),
        "janitor": _service(herd.janitor, now) if herd.janitor else None,
        "gateway": _service(herd.gateway, now) if herd.gateway else None,
        "logger": _service(herd.logger.service, now),
        "guardian": _service(herd.guardian, now) if herd.guardian.wanted else None,
        "queues": queue_figures(herd.board, herd.pool_records).queues,
        "logs": {
            "written_bytes": herd.board.logger().written_bytes,
            "dropped_bytes": herd.board.logger().dropped_bytes + herd.logger.sink.discarded,
        },
    }


def _upgrade(upgrade: Upgrade | None) -> dict[str, Any] | None:
    return None if upgrade is None else {"state": upgrade.state, "count": upgrade.count, "error": upgrade.error}


def _config(arbiter: Arbiter) -> dict[str, Any]:
    in_force, applier = arbiter.herd.builder.in_force, arbiter.applier
    return {
        "file": str(in_force.config.path),
        "hash": in_force.hash,
        "pools": in_force.pool_hashes,
        "under_way": applier.under_way if applier else None,
        "overrides": {name: one.text for name, one in applier.overrides.items()} if applier else {},
    }


def _pool(pool: Pool, herd: Herd, now: float) -> dict[str, Any]:
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
        "namespace": herd.namespaces.get(pool.name),
        "waiting_for": (not pool.stopped and pool.gate.reason) or None,
        "essential": pool.config.essential,
        "restarts": _since_reset(herd, pool.name, sum(pool.restarts.values())),
        "autoscale": autoscale_told(herd.autoscaling.of(pool), pool.config.autoscale),
        "recycles": dict(pool.recycles),
        "workers": [_worker(seat, herd, now) for seat in pool.seats],
    }


def _worker(seat: Seat, herd: Herd, now: float) -> dict[str, Any]:
    seen = seat.own_words()
    return {
        "slot": seat.slot,
        "name": seat.name,
        "pid": seat.pid,
        "state": str(seat.state),
        "activity": seen.state.name.lower() if seen else None,
        "task": (seen.task or None) if seen and seen.state is WorkerState.BUSY else None,
        "generation": seat.generation,
        "config": seat.zygote.config_hash if seat.zygote else "",
        "since_s": round(now - seat.since, 1),
        "restarts": _since_reset(herd, seat.name, seat.restarts),
        "last_end": _last_end(seat),
        "leaving_for": seat.reason or None,
        "jobs_done": seen.jobs_done if seen else 0,
        "rss_bytes": herd.board.seat(seat.slot).rss,
    }


def _last_end(seat: Seat) -> dict[str, Any] | None:
    death = seat.last_death
    if death is None:
        return None
    return {"cause": death.text, "code": death.code, "signal": death.signal, "reason": seat.last_reason or None}


def _program(name: str, service: Service, herd: Herd, now: float) -> dict[str, Any]:
    return {
        **_service(service, now),
        "namespace": herd.namespaces.get(name),
        "restarts": _since_reset(herd, service.name, service.restarts),
        "restarts_by_cause": dict(service.causes),
    }


def _since_reset(herd: Herd, name: str, count: int) -> int:
    # A seat that was given up and taken again counts from nought.
    return max(0, count - herd.counted_from[name])


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
        "health": str(service.probe.health if service.probe else Health.UNKNOWN),
        "said": service.probe.said if service.probe else "",
        "waiting_for": (service.wanted and service.gate.reason) or None,
        "essential": service.essential,
        "probe_restarts": service.probe.restarts if service.probe else 0,
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
