"""Puts `Inline` in the place of the store, for every client there is or will be in this process."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from engine import AsyncClient, Client, Job, NewJob
from engine.asking.async_job_handle import AsyncJobHandle
from engine.asking.job_handle import JobHandle
from engine.jobs.states import FINISHED
from worker.testing.inline import Inline

if TYPE_CHECKING:
    import pytest

NO_STORE = (
    "herdsman_inline has no store: it knows enqueue, enqueue_many, job, find, find_many and wait; "
    "use the fixture herdsman_memory for all else"
)


def install(inline: Inline, patch: "pytest.MonkeyPatch") -> None:
    """Both clients' methods, until `patch` is undone."""

    def find_many(_client: Any, ids: Sequence[str]) -> dict[str, Job]:
        return {i: job for i in ids if (job := inline.find(i)) is not None}

    def wait(_client: Any, ids: Sequence[str], timeout: float) -> dict[str, Job]:  # noqa: ARG001 - nothing to wait for
        return {i: job for i, job in find_many(_client, ids).items() if job.state in FINISHED}

    def find(_client: Any, job_id: str) -> Job | None:
        return inline.find(job_id)

    def refuse(_client: Any, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(NO_STORE)

    def enqueue(client: Client, type: str, data: Any = None, *, durable: Any = False, **options: Any) -> JobHandle:  # noqa: ARG001 - no disk
        return JobHandle(client, inline.enqueue(NewJob(type, data, **options)))

    def enqueue_many(
        _client: Any,
        jobs: Iterable[NewJob | tuple[str, Any]],
        *,
        queue: str | None = None,
        durable: Any = False,  # noqa: ARG001 - no disk
    ) -> list[str]:
        return inline.enqueue_many(jobs, queue)

    async def enqueue_async(client: AsyncClient, type: str, data: Any = None, **options: Any) -> AsyncJobHandle:
        options.pop("durable", None)
        return AsyncJobHandle(client, inline.enqueue(NewJob(type, data, **options)))

    plain = {"find": find, "find_many": find_many, "wait": wait, "enqueue_many": enqueue_many, "run": refuse}
    for name, function in {**plain, "ask": refuse, "ping": refuse}.items():
        patch.setattr(Client, name, function)
        patch.setattr(AsyncClient, name, _awaitable(function))
    patch.setattr(Client, "enqueue", enqueue)
    patch.setattr(AsyncClient, "enqueue", enqueue_async)


def _awaitable(function: Any) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call
