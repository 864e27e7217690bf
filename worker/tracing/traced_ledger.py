"""A ledger that ends the spans of what it takes in, and lets a retry know the attempt before it.

Made in place of the plain one where ``tracing:`` is on, so that the plain one has nothing to ask.
"""

from typing import Any, Protocol

import msgspec

from engine import JobError
from engine.payloads.payload import Options, encode_options
from engine.store import calls
from engine.store.claims import Claimed
from worker.run.failures import Failure, outcome_of
from worker.run.ledger import Ledger
from worker.run.outcome import Again
from worker.run.plans import Plan


class Ended(Protocol):
    """Ends the span of a run; its traceparent, "" when there is none."""

    def __call__(self, job: Claimed, outcome: str, error: JobError | None = None) -> str: ...  # noqa: D102 - said above


class TracedLedger(Ledger):
    """See ``Ledger``, whose arguments follow on ``ended``."""

    def __init__(self, ended: Ended, *others: Any) -> None:
        super().__init__(*others)
        self._span_ended = ended
        self._links: dict[str, bytes] = {}  # lease -> options that name the attempt's span

    def completed(self, job: Claimed, plan: Plan, options: Options, result: bytes | None, began_ns: int) -> None:
        """See ``Ledger.completed``."""
        super().completed(job, plan, options, result, began_ns)
        self._span_ended(job, "completed")

    def failed(self, job: Claimed, plan: Plan, options: Options, error: BaseException) -> None:
        """See ``Ledger.failed``."""
        super().failed(job, plan, options, error)
        failure = self._failures[-1][1]
        traceparent = self._span_ended(job, outcome_of(failure), failure.error)
        if traceparent and isinstance(failure.verdict, Again):
            self._links[failure.lease] = encode_options(msgspec.structs.replace(options, tp=traceparent))

    def _tell(self, failure: Failure, type: str) -> bool:
        lease, error, verdict, charge = failure
        options = self._links.get(lease)
        if options is None or not isinstance(verdict, Again):
            return super()._tell(failure, type)
        held = self._engine.run(calls.retry(lease, error, verdict.delay, charge=charge, options=options))
        del self._links[lease]
        return held
