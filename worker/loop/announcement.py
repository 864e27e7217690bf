"""What a worker tells the store of its types and queues: the decorators' words, and the file's, which go before."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from config.pools import Pool
from config.queues import Queue
from config.schema import Config
from engine.queues.limits import QueueLimits, Rate, limits, rate
from worker.tasks.registry import Registry


class Announcement(NamedTuple):
    """Type -> queue, queue -> what it takes, type -> traits (JSON)."""

    queues: Mapping[str, str]
    limits: Mapping[str, QueueLimits]
    traits: Mapping[str, str]


def announcement(config: Config, pool: Pool, registry: Registry) -> Announcement:
    """What a worker of this pool says when it comes; pure."""
    queues, traits = registry.queues(), registry.traits()
    for name in registry.names():
        said = config.types.get(name)
        if said is None:
            continue
        queues[name] = said.queue or queues[name]
        own = limits(_rate(said.rate_limit, said.burst), said.concurrency_limit)
        if own:
            traits[name] = json.dumps({**json.loads(traits.get(name, "{}")), **own}, sort_keys=True)
    return Announcement(queues, {name: queue_limits(config.queue(name)) for name in pool.queues}, traits)


def queue_limits(queue: Queue) -> QueueLimits:
    """A queue's section as the engine takes it."""
    tenant = queue.tenant
    return QueueLimits(
        max_pending=queue.max_pending,
        max_bytes=queue.max_pending_bytes,
        tenant_max_pending=tenant.max_pending,
        tenant_max_bytes=tenant.max_pending_bytes,
        tenant_rate=_rate(tenant.rate_limit, tenant.burst),
        tenant_concurrency=tenant.concurrency_limit,
    )


def _rate(text: str | None, burst: int | None) -> Rate | None:
    if text is None:
        return None
    return rate({"rate": text, "burst": burst} if burst is not None else text)
