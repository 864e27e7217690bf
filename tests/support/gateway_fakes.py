"""What the gateway's routes call of `client.schedules` and `client.dead_letters`, without a store."""

from collections.abc import Sequence
from typing import Any

from engine import DeadGroup, DeadGroups, JobState, NewJob, Page, QueueFull, Schedule, ScheduleInfo, ScheduleNotFound
from engine.dead.dead_letters import UNCHANGED
from engine.entrance.enqueue import enqueue
from engine.entrance.submit import Accepted
from engine.entrance.submit_many import Taken
from engine.errors import EngineError
from engine.jobs.new_job import EnqueueOptions


class FakeEntrance:
    """What the gateway hands new jobs to; they come to the fake client's `enqueue`, one by one."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def accept(self, job: NewJob, *, durable: bool) -> Accepted:
        options = {name: getattr(job, name) for name in EnqueueOptions.__optional_keys__}
        handle = await self._client.enqueue(job.type, job.data, durable=durable, **options)
        return Accepted(handle.id, handle.is_new)

    async def accept_each(self, jobs: Sequence[NewJob]) -> list[Accepted | Exception]:
        return [await self._outcome(job) for job in jobs]

    async def accept_batch(self, jobs: Sequence[NewJob], *, durable: bool, key: str | None) -> Taken:
        if self._client.refuse_batch:
            raise self._client.refuse_batch
        self._client.batch_key = key
        ids = [(await self.accept(job, durable=durable)).id for job in jobs]
        return Taken(ids, len(ids) if self._client.is_new else 0)

    def check(self, job: NewJob) -> None:
        enqueue([job])

    async def _outcome(self, job: NewJob) -> Accepted | Exception:
        try:
            return await self.accept(job, durable=False)
        except (EngineError, ValueError) as error:
            return error


class FakeSchedules:
    """What the routes call of `client.schedules`; there is one, `nightly`."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.known = {"nightly": ScheduleInfo(**INFO)}
        self.called: list[tuple[str, str]] = []
        self.full: QueueFull | None = None

    async def list(self) -> list[ScheduleInfo]:
        self._client.check()
        return list(self.known.values())

    async def next(self, name: str, count: int) -> Sequence[float]:
        self._note("next", name)
        return [1700000000.0 + 60 * n for n in range(count)]

    async def run(self, name: str) -> str:
        self._note("run", name)
        if self.full:
            raise self.full
        return "1-1700000000000-1"

    async def pause(self, name: str) -> bool:
        return self._note("pause", name)

    async def resume(self, name: str) -> bool:
        return self._note("resume", name)

    def _note(self, verb: str, name: str) -> bool:
        self._client.check()
        if name not in self.known:
            raise ScheduleNotFound(f"there is no schedule {name!r}")
        self.called.append((verb, name))
        return verb == "pause"


INFO: dict[str, Any] = {
    "schedule": Schedule(name="nightly", task="report", cron="0 3 * * *", timezone="Europe/Berlin", payload={"n": 1}),
    "origin": "host:file",
    "paused": False,
    "next": [1700000000.0],
    "last_slot": 1690000000.0,
    "last_fired_at": 1690000000.5,
    "last_job": "1-2-3",
    "last_state": JobState.DEAD,
    "last_success_at": None,
    "fired": 3,
    "skipped": 2,
    "missed": 1,
    "waiting": True,
}


class FakeDeadLetters:
    """The dead letters among the fake's jobs; what is asked for is noted in `moved`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def list(self, **wanted: Any) -> Page:
        self._client.wanted = wanted
        if wanted["cursor"] == "q/1/":
            raise ValueError("'q/1/' is no cursor of ours")
        return Page([one for one in self._client.jobs_by_id.values() if one.state is JobState.DEAD], "q/2/1-1-1")

    async def groups(self, queue: str | None = None) -> DeadGroups:
        group = DeadGroup(
            fingerprint="0123456789ab",
            queue=queue or "default",
            type="t",
            error="ValueError",
            message="no user #",
            count=2,
            first_seen=1700000000.0,
            last_seen=1700000001.5,
            example="1-2-3",
        )
        return DeadGroups([group], 2, ["default"])

    async def retry(self, job_id: str, data: Any = UNCHANGED) -> bool:
        return self._move("retry", job_id, data)

    async def delete(self, job_id: str) -> bool:
        return self._move("delete", job_id, None)

    async def retry_many(self, **wanted: Any) -> int:
        self._client.moved.append(("retry", wanted))
        return 3

    async def delete_many(self, **wanted: Any) -> int:
        self._client.moved.append(("delete", wanted))
        return 4

    def _move(self, verb: str, job_id: str, data: Any) -> bool:
        found = self._client.jobs_by_id.get(job_id)
        self._client.moved.append((verb, data))
        return found is not None and found.state is JobState.DEAD
