"""What the metrics port answers."""

from typing import TYPE_CHECKING

from supervisor.arbiter import Arbiter
from supervisor.outside.discovery import targets
from supervisor.outside.figures import queue_figures
from supervisor.outside.kept_names import KeptNames
from supervisor.outside.metrics_server import MakePage, Page, as_json
from supervisor.processes.memory import give_back
from supervisor.services.states import State
from supervisor.shell.no_tls import pretend_tls

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from config import Config


def pages(arbiter: Arbiter) -> dict[str, MakePage]:
    """Answer path -> page."""
    # Imported at the first scrape: prometheus_client costs 5 MB that a supervisor nobody scrapes need not hold.
    made: tuple[Config, CollectorRegistry] | None = None
    kept = KeptNames()

    def metrics(_here: str) -> Page:
        nonlocal made
        pretend_tls()  # the exposition could serve by itself, with TLS
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        from supervisor.outside.metrics import HerdCollector

        config = arbiter.herd.config
        # Another config may have been applied: its names have zeros from the start.
        if made is None or made[0] is not config:
            made = (config, CollectorRegistry(auto_describe=False))
            made[1].register(HerdCollector(arbiter.herd, config, kept))
            give_back()
        return 200, CONTENT_TYPE_LATEST, generate_latest(made[1])

    return {
        "/metrics": metrics,
        "/health": lambda _here: as_json(200, {"status": "alive"}),
        "/ready": lambda _here: ready(arbiter),
        "/sd": lambda here: as_json(200, targets(arbiter.herd, arbiter.addresses, here)),
    }


def ready(arbiter: Arbiter) -> Page:
    """Answer 200 when every pool has a running worker and the store answers, else 503 and why."""
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
    # We hold no client of the store: its word is that of the keepers, who are there when workers are.
    if herd.pools and not reasons and not queue_figures(herd.board, herd.pool_records).up:
        reasons.append("the store does not answer")
    if reasons:
        return as_json(503, {"status": "not ready", "reasons": reasons})
    return as_json(200, {"status": "ready"})
