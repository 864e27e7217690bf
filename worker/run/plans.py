"""All that is known of running one type of job from one queue: worked out once, looked up for every job."""

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from config.schema import Config
from engine import Backoff
from engine.payloads.codec import PLAIN, Codec
from engine.payloads.payload import MAX_BYTES, Options
from engine.store.claims import Grant
from scoreboard import OTHER, Row, SeriesTable
from worker.run import packing
from worker.run.middleware import RunMiddleware, surrounded
from worker.run.outcome import Policy
from worker.tasks.registry import HARD_GRACE, Registry, Task
from worker.tasks.retrying import Rules
from worker.tasks.versions import FIRST

_NS = 1_000_000_000


class UnknownTask(Exception):
    """No task of the job's type is known here; it is another worker's job."""


class UnknownVersion(UnknownTask):
    """The payload is of a later version than the task here: another worker's job, as while a release rolls out."""


class Tally:
    """Counts of one (queue, type) since the last flush; written to the scoreboard once a batch."""

    __slots__ = ("completed", "durations", "failures", "others", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.durations: list[int] = []  # ns, of runs that completed
        self.failures: list[int] = []  # ns, of those that did not
        self.completed = 0
        self.others: dict[str, int] = {}

    def count(self, outcome: str) -> None:
        """One job ended otherwise than completed."""
        self.others[outcome] = self.others.get(outcome, 0) + 1

    def flush(self) -> None:
        """Add what was counted to the scoreboard's row, and begin at zero."""
        if self.durations:
            self.row.observe_many(self.durations)
            self.durations.clear()
        if self.failures:
            self.row.observe_many(self.failures, failed=True)
            self.failures.clear()
        if self.completed or self.others:
            self.row.add(self.completed, **self.others)
            self.completed = 0
            self.others.clear()


class Plan:
    """How jobs of one type from one queue are run. Times in ns; 0 = no limit. task is None for an unknown type."""

    __slots__ = (
        "arguments",
        "function",
        "hard_ns",
        "is_async",
        "keeps",
        "name",
        "pack",
        "policy",
        "soft_ns",
        "tally",
        "task",
        "ttl",
        "version",
    )

    def __init__(
        self,
        name: str,
        task: Task | None,
        policy: Policy,
        ttl: float,
        tally: Tally,
        *,
        codec: Codec = PLAIN,
        layers: Sequence[RunMiddleware] = (),
        max_result: int = MAX_BYTES,
    ) -> None:
        self.name = name
        self.task = task
        self.is_async = bool(task and task.is_async)
        # What a job needs is chosen here, once: jobs that use neither packing, versions nor middleware pay for none.
        self.function: Callable[..., Any] = (
            surrounded(task.function, layers, is_async=self.is_async) if task else _never
        )
        self.arguments = packing.arguments(task, codec) if task else _unknown
        self.pack = packing.results(codec, name, max_result)
        self.version = task.upcasters.version if task and task.upcasters else FIRST
        self.soft_ns = int((task.timeout or 0) * _NS) if task else 0
        self.hard_ns = int((task.hard_timeout or 0) * _NS) if task else 0
        self.policy = policy
        self.keeps = bool(task and task.cache)  # a record even when there is no result: it is shared
        self.ttl = max(ttl, task.cache) if task else ttl  # s a result is kept
        self.tally = tally

    def refuse_newer(self, options: Options) -> None:
        """Called before a job starts that has options.

        Raises:
            UnknownVersion: its payload is of a version that the task here does not know yet.
        """
        if options.v is not None and options.v > self.version and self.task is not None:
            raise UnknownVersion(
                f"the payload is of version {options.v}, the task {self.name!r} of the worker that claimed this job is "
                f"of version {self.version}: it waits for a worker with newer code"
            )

    def deadlines(self, options: Options, now_ns: int) -> tuple[int, int]:
        """(soft, hard) deadlines of a job that starts now; monotonic ns, 0 = none."""
        soft, hard = self.soft_ns, self.hard_ns
        if options.t is not None and options.t > 0:
            soft, hard = int(options.t * _NS), int((options.t + HARD_GRACE) * _NS)
        return (now_ns + soft if soft else 0), (now_ns + hard if hard else 0)


class Plans:
    """Plans by queue and type, made when first asked for."""

    def __init__(
        self,
        config: Config,
        registry: Registry,
        series: SeriesTable,
        *,
        codec: Codec = PLAIN,
        layers: Sequence[RunMiddleware] = (),
    ) -> None:
        self._codec = codec
        self._layers = layers
        self._config = config
        self._registry = registry
        self._series = series
        self._plans: dict[tuple[str, str], Plan] = {}
        self._waits: dict[str, tuple[Row, int]] = {}  # with the target in ns, 0 = none
        self._ahead_ms = 0  # of the store's clock over ours

    def announce(self, queues: Collection[str]) -> None:
        """Make the series of all that may come, so that their zeros are there before the first job is."""
        for queue in queues:
            self._wait_row(queue)
        for name, queue in self._registry.queues().items():
            if queue in queues:
                self.find(queue, name)

    def find(self, queue: str, name: str) -> Plan:
        """The plan for jobs of type ``name`` from ``queue``; its task is None when nothing here has that name."""
        plan = self._plans.get((queue, name))
        return plan if plan is not None else self._make(queue, name)

    def _make(self, queue: str, name: str) -> Plan:
        task, settings = self._registry.get(name), self._config.queue(queue)
        said, wait = task.rules if task else Rules(), settings.backoff
        policy = Policy(
            settings.retries if said.retries is None else said.retries,
            Backoff(wait.base, wait.factor, wait.max, wait.jitter),
            said.backoff,
            said.retry_on,
            said.give_up_on,
            said.retry_for,
        )
        # What no task is known of has one row for all: names that somebody invents cost no series.
        tally = Tally(self._series.row(queue, name if task else OTHER))
        largest = settings.max_result if task is None or task.max_result is None else task.max_result
        plan = Plan(
            name,
            task,
            policy,
            settings.result_ttl,
            tally,
            codec=self._codec,
            layers=self._layers,
            max_result=largest,
        )
        self._plans[queue, name] = plan
        return plan

    def waited(self, grant: Grant) -> None:
        """Record how long the jobs of a grant stood in their queues."""
        now, waits = grant.now_ms, dict[str, list[int]]()
        self._ahead_ms = now - time.monotonic_ns() // 1_000_000
        for job in grant.jobs:
            waits.setdefault(job.queue, []).append((now - job.ready_ms) * 1_000_000)
        for queue, waits_ns in waits.items():
            row, target = self._wait_row(queue)
            row.observe_many(waits_ns)
            if target and (late := sum(wait > target for wait in waits_ns)):
                row.add_late(late)

    def store_ms(self, at_ns: int) -> int:
        """A moment of our monotonic clock as the store's time in ms, to within a round trip."""
        return at_ns // 1_000_000 + self._ahead_ms

    def lost(self, refused: int, queue: str) -> None:
        """Count acknowledgements that came too late; the store does not tell of which jobs, so no type is named."""
        self._wait_row(queue)[0].add(lost=refused)

    def _wait_row(self, queue: str) -> tuple[Row, int]:
        found = self._waits.get(queue)
        if found is None:
            target = round(self._config.queue(queue).wait_target * _NS)
            found = self._waits[queue] = self._series.row(queue, ""), target
        return found

    def flush(self) -> None:
        """Write all tallies to the scoreboard."""
        for plan in self._plans.values():
            plan.tally.flush()


def _never() -> None:
    """Stands where a function would; ``arguments`` has raised before it is called."""


def _unknown(_payload: bytes) -> tuple[tuple[Any, ...], dict[str, Any]]:
    raise UnknownTask
