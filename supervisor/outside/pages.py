"""What the metrics port answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from config import Config
from supervisor.arbiter import Arbiter
from supervisor.outside.metrics_server import Page, as_json
from supervisor.processes.memory import give_back
from supervisor.services.states import State
from supervisor.shell.no_tls import pretend_tls

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


def pages(arbiter: Arbiter) -> dict[str, Callable[[], Page]]:
    """Answer path -> page."""
    # Imported at the first scrape: prometheus_client costs 5 MB that a supervisor nobody scrapes need not hold.
    made: tuple[Config, CollectorRegistry] | None = None

    def metrics() -> Page:
        nonlocal made
        pretend_tls()  # the exposition could serve by itself, with TLS
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        from supervisor.outside.metrics import HerdCollector

        config = arbiter.herd.config
        # Another config may have been applied: its names have zeros from the start.
        if made is None or made[0] is not config:
            made = (config, CollectorRegistry(auto_describe=False))
            names, times = [*config.queues, *_served(config)], [one.name for one in config.schedules]
            made[1].register(HerdCollector(arbiter.herd, names, times, lambda queue: config.queue(queue).wait_target))
            give_back()
        return 200, CONTENT_TYPE_LATEST, generate_latest(made[1])

    return {
        "/metrics": metrics,
        "/health": lambda: as_json(200, {"status": "alive"}),
        "/ready": lambda: ready(arbiter),
        "/sd": lambda: as_json(200, discovery(arbiter, arbiter.herd.config)),
    }


def ready(arbiter: Arbiter) -> Page:
    """Answer 200 when every pool has a running worker and our own store answers, else 503 and why."""
    herd = arbiter.herd
    reasons = []
    if arbiter.leaving is not None:
        reasons.append("the supervisor is shutting down")
    if herd.store is not None and herd.store.state is not State.RUNNING:
        reasons.append(f"the store is {herd.store.state}")
    reasons += [
        f"pool {pool.name} has no running worker" for pool in herd.pools if pool.target > 0 and pool.seats.running == 0
    ]
    if herd.pools and not any(pool.seats.running for pool in herd.pools) and not reasons:
        reasons.append("every pool is stopped or wants no worker")
    if reasons:
        return as_json(503, {"status": "not ready", "reasons": reasons})
    return as_json(200, {"status": "ready"})


def discovery(arbiter: Arbiter, config: Config) -> list[dict[str, object]]:
    """Answer the host's targets in the form of Prometheus' HTTP service discovery."""
    found: list[dict[str, object]] = []
    if "metrics" in arbiter.addresses:
        found.append({"targets": [arbiter.addresses["metrics"]], "labels": {"component": "supervisor"}})
    if "gateway" in arbiter.addresses:
        found.append({"targets": [arbiter.addresses["gateway"]], "labels": {"component": "gateway"}})
    host = config.metrics.host
    found += [
        {"targets": [f"{host}:{pool.http_port}"], "labels": {"component": "worker", "pool": pool.name}}
        for pool in config.pools
        if pool.http_port
    ]
    return found


def _served(config: Config) -> list[str]:
    return [queue for pool in config.pools for queue in pool.queues]
