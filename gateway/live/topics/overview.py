"""`overview`: the figures of the first page, and what needs a person."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.charts.rates import Rates
from engine.doctor.findings import findings
from engine.jobs.job import QueueFigures, WorkerInfo
from engine.store.calls import Depths
from gateway.live.growth import Growth
from gateway.live.sources import Round
from gateway.live.table import Reading
from gateway.live.topic import Look, Topic
from gateway.live.topics.queues import figures
from gateway.live.troubles import Facts, troubles

Queues = Mapping[str, QueueFigures]


async def read(round: Round, look: Look) -> Reading:
    """One row a figure."""
    depths, workers = await round.depths(), await round.workers()
    queues = {name: one for name, one in depths.queues.items() if look.may_see(name)}
    rows = {
        **_of_jobs(queues, await round.rates()),
        "workers": len(workers),
        "workers_busy": sum(one.state == "busy" for one in workers),
        **await _of_store(round),
        "janitor_at": depths.swept_at or None,
        "namespace": round.sources.namespace,
        "troubles": troubles(await _facts(round, look, depths, workers)),
    }
    return Reading(list(rows.items()))


def _of_jobs(queues: Queues, rates: Rates) -> dict[str, Any]:
    oldest = max(queues, key=lambda name: queues[name].oldest, default=None)
    seen = [rate for name, rate in rates.queues.items() if name in queues]
    return {
        "jobs_per_s": figures(sum(rate.jobs_per_s for rate in seen)),
        "done_per_s": figures(sum(rate.done_per_s for rate in seen)),
        "failed_per_s": figures(sum(rate.failed_per_s for rate in seen)),
        "pending": sum(one.pending for one in queues.values()),
        "scheduled": sum(one.scheduled for one in queues.values()),
        "processing": sum(one.processing for one in queues.values()),
        "dead": sum(one.dead for one in queues.values()),
        "oldest": round(queues[oldest].oldest, 1) if oldest else 0.0,
        "oldest_queue": oldest if oldest and queues[oldest].pending else None,
    }


async def _of_store(round: Round) -> dict[str, Any]:
    store, facts = await round.store(), await round.settings()
    return {
        "store_up": True,
        "store_memory": store.memory,
        "store_memory_limit": store.memory_limit,
        "store_fsync": facts.setting("appendfsync") if facts.info.get("aof_enabled") == "1" else "none",
        "store_policy": facts.info.get("maxmemory_policy"),
        "store_version": f"{store.server} {store.version}",
    }


async def _facts(round: Round, look: Look, depths: Depths, workers: list[WorkerInfo]) -> Facts:
    sources, status = round.sources, await round.status()
    pools = status.get("pools") if status and look.queues is None else None
    return Facts(
        now=depths.now,
        queues={name: one for name, one in depths.queues.items() if look.may_see(name)},
        targets=sources.target,
        alerts=sources.dlq_alert,
        dead_before=_growth(round, "dead").before(depths.now, {name: one.dead for name, one in depths.queues.items()}),
        workers=workers,
        pools=pools,
        restarts_before=_growth(round, "restarts").before(depths.now, restarts(status["pools"] if status else [])),
        swept_at=depths.swept_at,
        store=await round.store(),
        findings=findings(await round.settings()),
    )


def _growth(round: Round, of: str) -> Growth:
    found: Growth = round.sources.memory.setdefault(f"growth of {of}", Growth())
    return found


def restarts(pools: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Restarts by worker, as the supervisor's status has them. Pure."""
    return {
        str(worker.get("name")): int(worker.get("restarts") or 0)
        for pool in pools
        for worker in pool.get("workers", ())
    }


OVERVIEW = Topic(("key", "value"), read, is_shown=True)
