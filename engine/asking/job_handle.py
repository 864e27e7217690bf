"""A job by its id, as its producer holds it."""

from typing import Any

from engine.asking import questions
from engine.asking.asking import Waits
from engine.asking.reasons import Why
from engine.asking.why import why
from engine.errors import JobFailed, JobNotFound, KeyMissing, ResultTimeout
from engine.jobs.job import Job, Log
from engine.jobs.states import JobState
from engine.payloads.envelope import Sealed


def result_of(job: Job | None, job_id: str, timeout: float | None) -> Any:
    """A finished job's result.

    Raises:
        ResultTimeout: it has not ended. JobFailed: it is dead or was cancelled. KeyMissing: it is encrypted.
    """
    if job is None:
        raise ResultTimeout(f"job {job_id} did not end within {timeout} s; it goes on")
    if job.state != JobState.COMPLETED:
        raise JobFailed(job_id, job.error)
    if isinstance(job.result, Sealed):
        raise KeyMissing(job.result.key_id)
    return job.result


class JobHandle:
    """A job by its id. `is_new`: False when `enqueue` found that another job answers for the one that was wanted."""

    def __init__(self, client: Waits, job_id: str, is_new: bool = True) -> None:
        self._client = client
        self.id = job_id
        self.is_new = is_new

    def __repr__(self) -> str:
        return f"JobHandle({self.id!r})"

    def fetch(self) -> Job:
        """The job as it stands now.

        Raises:
            JobNotFound: no such id was ever issued.
        """
        job = self._client.find(self.id)
        if job is None:
            raise JobNotFound(f"no job {self.id!r} was ever issued in this namespace")
        return job

    def why(self) -> Why:
        """Why it is not running; raises JobNotFound."""
        return self._client.ask(why(self._client.base, self.id))

    def logs(self) -> Log:
        """What it has said; raises JobNotFound."""
        return self._client.ask(questions.log_of(self._client.base, self.id))

    @property
    def state(self) -> JobState:
        """Where the job is now."""
        return self.fetch().state

    def result(self, timeout: float = 60.0) -> Any:
        """What the task returned; waits for it.

        Raises:
            ResultTimeout: it did not end within `timeout` seconds. JobFailed: it is dead or was cancelled.
            JobNotFound: no such id was ever issued.
        """
        job = self._client.wait([self.id], timeout).get(self.id)
        if job is None:
            self.fetch()
        return result_of(job, self.id, timeout)
