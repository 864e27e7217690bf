"""Jobs on a real server in memory, worked off in the test's own process when it says so."""

import os
import secrets
import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from time import monotonic_ns

from config.schema import Config
from engine import Client, Job, WorkerInfo
from engine.clients.engine import Engine
from engine.durations import seconds
from engine.payloads.payload import decode_options
from engine.store.claims import Claimed
from engine.store.question import Question
from worker.run.ledger import Ledger
from worker.run.patience import Patience
from worker.tasks.registry import Registry, tasks
from worker.testing.attempts import Attempts, is_the_tests_own
from worker.testing.clock import put_forward

_LEASE = 3600.0


class Memory:
    """What the fixture ``herdsman_memory`` is. The server is emptied first; wants `clock.movable` around it.

    Attributes:
        url: for clients that the tested code makes itself.
        client: one that is there already, as `herdsman_memory.client`.
        errors: what tasks raised, in order.
    """

    def __init__(self, url: str, config: Config | Path | str | None = None, registry: Registry = tasks) -> None:
        self.url = url
        self.client = Client(url)
        self.errors: list[BaseException] = []
        self.client.ask(_emptied())
        self._attempts = Attempts(config, registry)
        self._engine = Engine(url, "default", incarnation=secrets.randbits(63) | 1)
        self._ledger = Ledger(self._engine, self._attempts.plans, Patience(lambda _seconds: False))

    @property
    def jobs(self) -> list[Job]:
        """All that the store still knows, at most a thousand."""
        return self.client.jobs(limit=1000).jobs

    def advance(self, time: float | str | timedelta) -> None:
        """The store's clock goes on by so much ("10m"): what is due by then is pending."""
        ms = round(seconds(time) * 1000)
        self.client.ask(put_forward(ms))
        while self._engine.promote().moved:
            pass

    def run_jobs(self, queues: Sequence[str] | None = None, *, limit: int = 10_000) -> int:
        """Works off all that is pending, and what that enqueues, one by one; how many attempts that took.

        What failed and waits for its next attempt has to be waited for: see `advance`.

        Args:
            queues: only these, the first one first; None = all, by name.
            limit: after so many attempts it is taken for endless.

        Raises:
            RuntimeError: the limit was reached.
        """
        self._register()
        ran = 0
        while jobs := self._claim(queues):
            if ran == limit:
                raise RuntimeError(f"{limit} jobs ran and more are pending: do they enqueue one another for ever?")
            for job in jobs:
                ran += 1
                self._run(job)
        return ran

    def close(self) -> None:
        """Ends the connections."""
        self._engine.close()
        self.client.close()

    def _claim(self, queues: Sequence[str] | None) -> list[Claimed]:
        while True:
            names = sorted(self._engine.figures().queues) if queues is None else list(queues)
            self._engine.post(self._ledger.take(), 1, names, _LEASE)
            grant = self._engine.collect()
            if grant.jobs:
                self._attempts.plans.waited(grant)
            if grant.jobs or not self._engine.promote().moved:
                return grant.jobs

    def _run(self, job: Claimed) -> None:
        plans = self._attempts.plans
        plan, options = plans.find(job.queue, job.type), decode_options(job.options)
        now_ns = monotonic_ns()
        try:
            result = self._attempts.run(plan, job, options, plans.store_ms(now_ns))
        except BaseException as error:
            if is_the_tests_own(error):
                raise
            self.errors.append(error)
            self._ledger.failed(job, plan, options, error)
        else:
            self._ledger.completed(job, plan, options, result, now_ns)
        self._ledger.deliver()

    def _register(self) -> None:
        known = self._attempts.registry
        info = WorkerInfo(
            incarnation=f"{self._engine.incarnation:x}", host=socket.gethostname(), pid=os.getpid(), pool="test", slot=0
        )
        self._engine.register(info, known.queues(), None, known.traits())


def _emptied() -> Question[None]:
    yield ("FLUSHALL",)
