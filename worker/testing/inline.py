"""Jobs that run while they are enqueued, in the caller's thread, without any store.

enqueue ──> recorded ──> run ──┬──> completed
^    ├──> failed, another attempt allowed ──> run again, at once
└────┘    dead, cancelled
└──> snoozed: stays scheduled;  unknown type: stays pending
"""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from config.schema import Config
from engine import Job, JobState, NewJob
from engine.durations import seconds
from engine.entrance.enqueue import enqueue, options
from engine.entrance.entrance import as_new
from engine.entrance.submit import strings, submit
from engine.payloads import payload
from engine.store.claims import Claimed
from worker.run.failures import Failure, failure_of
from worker.run.outcome import Again, Bury
from worker.tasks.registry import Registry, tasks
from worker.testing.attempts import Attempts, is_the_tests_own

replace = msgspec.structs.replace


class Inline:
    """What the fixture ``herdsman_inline`` is.

    Attributes:
        jobs: all that were enqueued, in order, as they stand now.
        errors: what tasks raised, in order.
    """

    def __init__(self, config: Config | Path | str | None = None, registry: Registry = tasks) -> None:
        self.errors: list[BaseException] = []
        self._attempts = Attempts(config, registry)
        self._jobs: dict[str, Job] = {}
        self._token = 0

    @property
    def jobs(self) -> list[Job]:
        """All that were enqueued, in order, as they stand now."""
        return list(self._jobs.values())

    def find(self, job_id: str) -> Job | None:
        """One job, None when it was not enqueued here."""
        return self._jobs.get(job_id)

    def enqueue(self, new: NewJob) -> str:
        """Record the job and run it; its id. Whatever delay it has is not waited for.

        Raises:
            PayloadError, ValueError: it is not sound, as `Client.enqueue` says.
        """
        _ = submit(new) if strings(new) else enqueue([new])  # for what it refuses
        task = self._attempts.registry.get(new.type)
        queue = new.queue or (task.queue if task else "default")
        now = time.time()
        job_id = f"1-{round(now * 1000)}-{len(self._jobs) + 1}"
        timeout = None if new.timeout is None else seconds(new.timeout)
        self._jobs[job_id] = Job(
            id=job_id,
            type=new.type,
            queue=queue,
            state=JobState.PENDING,
            data=payload.decode(payload.encode(new.data)),
            enqueued_at=now,
            retries=new.retries,
            timeout=timeout,
        )
        if task is not None:
            self._work(job_id, payload.encode(new.data), options(new))
        return job_id

    def enqueue_many(self, jobs: Iterable[NewJob | tuple[str, Any]], queue: str | None) -> list[str]:
        """Many, one after the other."""
        return [self.enqueue(as_new(job, queue)) for job in jobs]

    def _work(self, job_id: str, data: bytes, said: bytes) -> None:
        """Attempts, until the job has ended or waits for a time that does not come here."""
        job = self._jobs[job_id]
        _, ms, seq = map(int, job_id.split("-"))
        plan, wishes = self._attempts.plans.find(job.queue, job.type), payload.decode_options(said)
        now_ms, attempts = ms, 0
        while True:
            self._token += 1
            grant = Claimed(job_id, 1, ms, seq, self._token, job.type, data, said, attempts, 0, ms, job.queue)
            self._set(job_id, state=JobState.PROCESSING, started_at=time.time())
            try:
                result = self._attempts.run(plan, grant, wishes, now_ms)
            except BaseException as error:
                if is_the_tests_own(error):
                    raise
                self.errors.append(error)
                failure = failure_of(grant, job_id, plan, wishes, error, now_ms)
                attempts += failure.charge
                if not self._again(job_id, failure, attempts):
                    return
                if isinstance(failure.verdict, Again):
                    now_ms += round(failure.verdict.delay * 1000)  # as if it had been waited for
            else:
                value = None if result is None else payload.decode(result)
                done = {"attempts": attempts + 1, "finished_at": time.time(), "error": None}
                self._set(job_id, state=JobState.COMPLETED, result=value, **done)
                return

    def _again(self, job_id: str, failure: Failure, attempts: int) -> bool:
        """Write down what a failure led to; whether that is another attempt now."""
        error = failure.error or self._jobs[job_id].error
        if isinstance(failure.verdict, Again):
            due = time.time() + failure.verdict.delay
            self._set(job_id, state=JobState.SCHEDULED, attempts=attempts, error=error, due_at=due)
            return failure.charge
        state = JobState.DEAD if isinstance(failure.verdict, Bury) else JobState.CANCELLED
        self._set(job_id, state=state, attempts=attempts, error=error, due_at=None, finished_at=time.time())
        return False

    def _set(self, job_id: str, **changes: Any) -> None:
        self._jobs[job_id] = replace(self._jobs[job_id], **changes)
