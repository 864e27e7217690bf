"""What this worker has finished and the store does not know yet, and what it gives back."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.clients.engine import Engine
from engine.payloads.payload import Options
from engine.store.claims import Claimed, Done
from worker.run.context import told
from worker.run.failures import Failure, failure_of, outcome_of
from worker.run.outcome import Again, Drop, Park
from worker.run.patience import Patience
from worker.run.plans import Plan, Plans, UnknownTask
from worker.telling.reporter import ended, reporter, spoken

if TYPE_CHECKING:
    from worker.telling.words import Words

log = logging.getLogger(__name__)
_NIL = b"\xc0"


class Ledger:
    """Kept by the work loop's thread alone.

    ``done`` travels with the next claim; failures are told one by one while no claim is under way.
    skip: where types are noted that this worker does not know. note: told the kind of each failure that is charged.
    """

    def __init__(
        self,
        engine: Engine,
        plans: Plans,
        patience: Patience,
        skip: set[str] | None = None,
        note: Callable[[str], None] = lambda _kind: None,
    ) -> None:
        self._engine = engine
        self._plans = plans
        self._patience = patience
        self._skip = set[str]() if skip is None else skip
        self._note = note
        self.done: list[Done] = []
        self._failures: list[tuple[Plan, Failure]] = []
        self._last_words: list[Words] = []

    @property
    def empty(self) -> bool:
        """Whether the store knows all that was done."""
        return not self.done and not self._failures

    def take(self) -> list[Done]:
        """What is to be acknowledged now; it is in the caller's hands from here."""
        self._hear()
        taken, self.done = self.done, []
        return taken

    def completed(self, job: Claimed, plan: Plan, options: Options, result: bytes | None, began_ns: int) -> None:
        """The job ran to its end; result as msgpack or None, began_ns monotonic."""
        lease = self._engine.lease(job)
        spoke = self._ended(job.token) if spoken else False
        keep = max(options.k or 0.0, plan.ttl) if plan.keeps else options.k
        if keep is not None and keep > 0:
            began = self._plans.store_ms(began_ns)
            self.done.append(Done(lease, _NIL if result is None else result, keep, began))
        elif plan.ttl <= 0 or (result is None and not spoke):
            self.done.append(Done(lease))
        else:
            kept = _NIL if result is None else result
            self.done.append(Done(lease, kept, plan.ttl, self._plans.store_ms(began_ns)))
        plan.tally.completed += 1

    def failed(self, job: Claimed, plan: Plan, options: Options, error: BaseException) -> None:
        """The attempt ended with ``error``."""
        now_ms = self._plans.store_ms(time.monotonic_ns())
        failure = failure_of(job, self._engine.lease(job), plan, options, error, now_ms)
        told.discard(job.token)
        if spoken:
            self._ended(job.token)
        self._failures.append((plan, failure))
        said = failure.error
        if isinstance(error, UnknownTask) and said:
            if job.type not in self._skip:
                log.warning("%s", said.message)
            if isinstance(failure.verdict, Park):
                self._skip.add(job.type)
        else:
            charged = failure.charge and not isinstance(failure.verdict, Drop)
            if charged:
                self._note(f"{job.type}: {said.type if said else type(error).__name__}")
            what = "failed" if charged else "was not finished"
            log.info(
                "job %s (%s) %s: %s: %s", job.id, job.type, what, type(error).__name__, said.message if said else error
            )

    def deliver(self) -> None:
        """Tell the store of the failures, and the scoreboard what came of them. Not while a claim is under way.

        Raises:
            StoppedWaiting: the store is away and there is no time left.
        """
        self._hear()
        while self._failures:
            plan, failure = self._failures[0]
            held = self._patience(lambda: self._tell(failure, plan.name))  # noqa: B023 - called here
            plan.tally.count(outcome_of(failure) if held else "lost")
            plan.tally.flush()  # now: after this there may be nothing to run for long
            self._failures.pop(0)

    def _ended(self, token: int) -> bool:
        """Whether that run said anything that can be read in its record."""
        words = ended(token)
        if words is None:
            return False
        self._last_words.append(words)
        return words.spoke

    def _hear(self) -> None:
        """What ended jobs said comes before their ends: once they are out of processing nobody listens to them."""
        if self._last_words and (telling := reporter()):
            telling.farewell(self._last_words)
        self._last_words = []

    def _tell(self, failure: Failure, type: str) -> bool:
        lease, error, verdict, charge = failure
        if isinstance(verdict, Park):
            return bool(self._engine.park(lease, type))
        if isinstance(verdict, Again):
            return self._engine.retry(lease, error, verdict.delay, charge=charge)
        if isinstance(verdict, Drop) and error:
            return self._engine.discard(lease, error, verdict.keep, charge=charge)
        return self._engine.bury(lease, error, charge=charge)

    def release(self, jobs: Sequence[Claimed]) -> None:
        """Give jobs back unharmed; those that are not ours any more stay. Not while a claim is under way.

        Raises:
            StoppedWaiting: the store is away and there is no time left.
        """
        if not jobs:
            return
        leases = [self._engine.lease(job) for job in jobs]
        self._patience(lambda: self._engine.release(leases))
        for job in jobs:
            self._plans.find(job.queue, job.type).tally.count("released")

    def close(self) -> None:
        """Tell the store of everything that is left.

        Raises:
            StoppedWaiting: the store is away and there is no time left.
        """
        self.deliver()
        done = self.take()
        if done:
            self._patience(lambda: self._engine.complete(done))
