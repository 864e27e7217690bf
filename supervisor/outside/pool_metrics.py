"""Families of pools: workers by state, why they were replaced, memory, generations."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from scoreboard import Cause, WorkerState
from supervisor.herd import Herd
from supervisor.outside.figures import Figures
from supervisor.pools.autoscaling import DOWN, UP
from supervisor.pools.pool import Pool
from supervisor.pools.turnover import KEEPER_LOST, RELOAD
from supervisor.services.states import State

_CAUSES = tuple(cause for cause in Cause if cause is not Cause.NONE)
_RECYCLES = ("jobs", "memory", "age", RELOAD, KEEPER_LOST)


def pool_families(herd: Herd, figures: Figures) -> Iterator[Metric]:
    """All of them."""
    yield from _goals(herd, figures)
    yield from _seats(herd)
    restarts = _counter("worker_restarts", "Workers that followed another, by how that ended", "reason")
    recycles = _counter("worker_recycles", "Workers that followed one told to leave, by why", "reason")
    deaths = _counter("worker_deaths", "Workers that died", "cause")
    strays = _counter("strays_killed", "Processes that dead workers had left")
    decisions = _counter("autoscale_decisions", "Changes of a pool's size by its queues", "direction")
    for pool in herd.pools:
        for reason in _CAUSES:
            cause = reason.name.lower()
            restarts.add_metric([pool.name, cause], pool.restarts[reason])
            deaths.add_metric([pool.name, cause], herd.certificates.counts[pool.name, cause])
        for why in _RECYCLES:
            recycles.add_metric([pool.name, why.replace(" ", "_")], pool.recycles[why])
        strays.add_metric([pool.name], herd.strays_killed[pool.name])
        follower = herd.autoscaling.of(pool)
        for direction in (UP, DOWN) if follower else ():
            decisions.add_metric([pool.name, direction], follower.counts[direction] if follower else 0)
    yield from (restarts, recycles, deaths, strays, decisions)


def _goals(herd: Herd, figures: Figures) -> Iterator[Metric]:
    desired = _gauge("pool_desired", "Workers wanted")
    generation = _gauge("pool_generation", "Generation that new workers are of, 0 before the first")
    limit = _gauge("pool_memory_limit_bytes", "max_memory_restart of each worker, 0 for none")
    read = _gauge("metrics_last_read_timestamp_seconds", "When the pool's keeper last read the store")
    for pool in herd.pools:
        current = pool.generations.current
        desired.add_metric([pool.name], pool.target)
        generation.add_metric([pool.name], current.generation if current else 0)
        limit.add_metric([pool.name], pool.config.max_memory_restart or 0)
        read.add_metric([pool.name], figures.read_at[pool.number] if pool.number < len(figures.read_at) else 0)
    return iter((desired, generation, limit, read))


def _seats(herd: Herd) -> Iterator[Metric]:
    workers = _gauge("workers", "Seats by state", "state")
    busy = _gauge("workers_busy", "Workers that have jobs in hand")
    memory = _gauge("worker_memory_bytes", "Resident memory, descendants counted", "worker")
    for pool in herd.pools:
        states = Counter(seat.state for seat in pool.seats)
        for state in State:
            workers.add_metric([pool.name, state.lower()], states[state])
        busy.add_metric([pool.name], _busy(herd, pool))
        sizes: Counter[str] = Counter()
        for seat in pool.seats:  # while one replaces another they share a name
            sizes[seat.name] += herd.board.seat(seat.slot).rss
        for name, size in sizes.items():
            memory.add_metric([pool.name, name], size)
    return iter((workers, busy, memory))


def _busy(herd: Herd, pool: Pool) -> int:
    words = [(seat.pid, herd.board.worker(seat.slot).glance()) for seat in pool.seats if seat.pid is not None]
    return sum(pid == said and state is WorkerState.BUSY for pid, (said, state) in words)


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"herdsman_{name}", text, labels=["pool", *labels])


def _counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"herdsman_{name}", text, labels=["pool", *labels])
