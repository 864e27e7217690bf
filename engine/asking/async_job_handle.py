"""A job by its id, as its producer holds it, for asyncio."""

from typing import Any

from engine.asking import questions
from engine.asking.asking import WaitsLater
from engine.asking.job_handle import result_of
from engine.asking.reasons import Why
from engine.asking.why import why
from engine.errors import JobNotFound
from engine.jobs.job import Job, Log
from engine.jobs.states import JobState


class AsyncJobHandle:
    """A job by its id; see `JobHandle`."""

    def __init__(self, client: WaitsLater, job_id: str, is_new: bool = True) -> None:
        self._client = client
        self.id = job_id
        self.is_new = is_new

    def __repr__(self) -> str:
        return f"AsyncJobHandle({self.id!r})"

    async def fetch(self) -> Job:
        """The job as it stands now; raises JobNotFound when no such id was ever issued."""
        job = await self._client.find(self.id)
        if job is None:
            raise JobNotFound(f"no job {self.id!r} was ever issued in this namespace")
        return job

    async def why(self) -> Why:
        """Why it is not running; raises JobNotFound."""
        return await self._client.ask(why(self._client.base, self.id))

    async def logs(self) -> Log:
        """What it has said; raises JobNotFound."""
        return await self._client.ask(questions.log_of(self._client.base, self.id))

    async def state(self) -> JobState:
        """Where the job is now."""
        return (await self.fetch()).state

    async def result(self, timeout: float = 60.0) -> Any:  # noqa: ASYNC109 - as in JobHandle
        """What the task returned; waits for it. Raises as `JobHandle.result` does."""
        job = (await self._client.wait([self.id], timeout)).get(self.id)
        if job is None:
            await self.fetch()
        return result_of(job, self.id, timeout)
