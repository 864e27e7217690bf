"""Which workers live, as far as the store knows: those whose keeper said so a moment ago."""

from collections.abc import Iterable

from engine import AsyncClient
from engine.jobs.job import WorkerInfo
from gateway.recent import Recent
from scoreboard import WorkerState

SILENT_AFTER = 15.0
"""Seconds without a beat after which a worker counts as lost; keepers tell of theirs every second."""

READY = frozenset({WorkerState.IDLE, WorkerState.BUSY})
"""The states of a worker that takes jobs."""

_READY_WORDS = frozenset(state.name.lower() for state in READY)


class LiveWorkers:
    """The workers of all hosts, read at most once a second.

    Args:
        client: the gateway's client to the store.
    """

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._recent: Recent[list[WorkerInfo]] = Recent(self._read)

    async def get(self) -> list[WorkerInfo]:
        """Those alive, a second ago at the latest.

        Raises:
            engine.errors.StoreDown: the store is away.
        """
        return await self._recent.get()

    async def _read(self) -> list[WorkerInfo]:
        known = await self._client.workers()
        return alive(known, (await self._client.figures()).last_sweep_at) if known else []


def alive(known: Iterable[WorkerInfo], swept_at: float) -> list[WorkerInfo]:
    """Those among the known workers that beat lately; pure.

    Beats are in the store's time, which is never compared with this host's clock: the newest
    of all beats and the janitor's last sweep stand in for the store's "now".
    """
    workers = list(known)
    latest = max([swept_at, *(one.beat_at for one in workers)])
    return [one for one in workers if one.beat_at >= latest - SILENT_AFTER]


def ready(workers: Iterable[WorkerInfo]) -> int:
    """How many of these take jobs."""
    return sum(one.state in _READY_WORDS for one in workers)
