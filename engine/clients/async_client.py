"""`Client` for asyncio: the same methods, awaitable, tested by the same cases. One subscription serves all who wait."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar, Unpack

from engine.asking.async_job_handle import AsyncJobHandle
from engine.clients.async_looking import LooksLater
from engine.clients.audit import AsyncAudit, sealed
from engine.clients.client import CANCELLED_KEPT
from engine.dead.dead_letters import AsyncDeadLetters
from engine.entrance.carrier import Carrier, Carrying
from engine.entrance.entrance import Entrance
from engine.flows.async_flows import AsyncFlows
from engine.jobs.job import Job
from engine.jobs.new_job import Durable, EnqueueOptions, NewJob
from engine.jobs.states import FINISHED
from engine.queues.intake import AsyncIntake
from engine.queues.purge import purge
from engine.schedules.schedules import AsyncSchedules
from engine.store import calls, keys
from engine.store.async_listener import AsyncListener
from engine.store.async_session import AsyncSession
from engine.store.calls import Call
from engine.store.question import Question

T = TypeVar("T")

CONNECTIONS = 16  # calls at once; more wait for one of these


class AsyncClient(LooksLater):
    """See `engine.clients.client.Client`: arguments, results and errors are the same."""

    def __init__(
        self, url: str, *, namespace: str = "default", timeout: float = 5.0, **carrying: Unpack[Carrying]
    ) -> None:
        self._url = url
        self._namespace = namespace
        self.base = keys.base(namespace)
        self._timeout = timeout
        self.carrier = Carrier(**carrying)
        self.entrance = Entrance(self.base, self.carrier)
        self._free: list[AsyncSession] = []
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._listener = AsyncListener(url, namespace, self.run)

    async def enqueue(
        self,
        type: str,
        data: Any = None,
        *,
        durable: bool | Durable = False,
        **options: Unpack[EnqueueOptions],
    ) -> AsyncJobHandle:
        """One job; see `Client.enqueue`."""
        accepted = await self.ask(self.entrance.accept(NewJob(type, data, **options), durable=durable))
        return AsyncJobHandle(self, *accepted)

    async def enqueue_many(
        self,
        jobs: Iterable[NewJob | tuple[str, Any]],
        *,
        queue: str | None = None,
        durable: bool | Durable = False,
    ) -> list[str]:
        """Many jobs; see `Client.enqueue_many`."""
        return await self.ask(self.entrance.accept_all(jobs, queue, durable=durable))

    async def again(self, job_id: str) -> AsyncJobHandle:
        """A new job just like that one; see `Client.again`."""
        return AsyncJobHandle(self, *await self.ask(self.entrance.again(job_id)))

    def job(self, job_id: str) -> AsyncJobHandle:
        """A handle on a job by its id; nothing is asked yet."""
        return AsyncJobHandle(self, job_id)

    async def cancel(self, job_id: str, *, running: bool = True) -> bool:
        """A job that has not started will not, one that runs is asked to stop; see `Client.cancel`."""
        return await self.run(calls.cancel(job_id, CANCELLED_KEPT, running=running)) == "cancelled"

    async def pause(self, queue: str) -> bool:
        """The queue takes jobs and gives none out."""
        return await self.run(calls.pause(queue, paused=True))

    async def resume(self, queue: str) -> bool:
        """The queue gives jobs out again."""
        return await self.run(calls.pause(queue, paused=False))

    async def pause_type(self, type: str) -> bool:
        """No job of the type starts, in whatever queue, and none waits behind one; whether that changed anything."""
        return await self.run(calls.pause_type(type, paused=True))

    async def resume_type(self, type: str) -> bool:
        """Jobs of the type start again; whether that changed anything."""
        return await self.run(calls.pause_type(type, paused=False))

    async def purge(self, queue: str, told: Callable[[int], None] | None = None) -> int:
        """Cancels all that is pending in the queue, and nothing that is enqueued meanwhile; how many jobs that were."""
        return await self.ask(purge(queue, told))

    @property
    def schedules(self) -> AsyncSchedules:
        """What runs by the clock: list, put, delete, preview, pause, resume, run now."""
        return AsyncSchedules(self, self.base)

    @property
    def intake(self) -> AsyncIntake:
        """Which queues take new jobs: close one, drain it, open it."""
        return AsyncIntake(self, self._namespace)

    @property
    def audit(self) -> AsyncAudit:
        """Who did what through the gateways."""
        return AsyncAudit(self, self.base)

    async def seal(self, fresh: bytes) -> bytes:
        """The secret that all gateways of this namespace sign with: `fresh`, when there is none yet."""
        return await self.run(sealed(fresh))

    @property
    def flows(self) -> AsyncFlows:
        """Jobs that wait for one another: submit, list, cancel."""
        return AsyncFlows(self, self.carrier.outgoing)

    @property
    def dead_letters(self) -> AsyncDeadLetters:
        """What failed for good: list it, retry it, delete it."""
        return AsyncDeadLetters(self, self._namespace, self.carrier)

    async def ping(self) -> None:
        """Returns when the store answers; raises StoreDown when it does not."""
        async with self._session() as session:
            await session.command("PING")

    async def wait(self, ids: Sequence[str], timeout: float) -> dict[str, Job]:  # noqa: ASYNC109 - as in Client
        """The jobs among these that have ended within `timeout` seconds; told by the store, not by polling."""
        ended = await self.ended(ids, timeout)
        found = await self.find_many([i for i in ids if i in ended])
        return {i: job for i, job in found.items() if job.state in FINISHED}

    async def ended(self, ids: Sequence[str], timeout: float) -> set[str]:  # noqa: ASYNC109 - as in Client
        """Those of these jobs and flows that have ended within `timeout` seconds."""
        return await self._listener.wait(ids, timeout)

    async def run(self, call: Call[T]) -> T:
        """Any call of `engine.store.calls`."""
        async with self._session() as session:
            return self.carrier.incoming(call, await session.run(call))

    async def close(self) -> None:
        """Ends the subscription and closes the connections that are free."""
        await self._listener.close()
        free, self._free = self._free, []
        for session in free:
            await session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def ask(self, question: Question[T]) -> T:
        """Any question of `engine.store.question`."""
        async with self._session() as session:
            return await session.answer(question)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        async with self._places:
            session = (
                self._free.pop()
                if self._free
                else AsyncSession(self._url, self._namespace, timeout=self._timeout, incoming=self.carrier.incoming)
            )
            try:
                yield session
            except BaseException:
                await session.close()
                raise
            self._free.append(session)
