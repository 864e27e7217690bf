"""A fake of the engine's client, and the real app around it."""

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from engine import AsyncClient, Job, JobNotFound, JobState, Log, LogLine, Page, SearchPage
from engine.asking.reasons import Reason, Why
from engine.charts.series import Series, SeriesName, TooMuch
from engine.errors import StoreDown
from engine.jobs.job import QueueFigures, StoreFigures, WorkerInfo
from engine.search.query import Query
from engine.store.keys import name
from gateway.server import create_app
from gateway.services import Services
from tests.support.gateway_fakes import FakeDeadLetters, FakeEntrance, FakeSchedules


class FakeClient:
    """What the routes call of `engine.AsyncClient`, in memory; `refuse` makes every call fail."""

    def __init__(self) -> None:
        self.enqueued: list[tuple[str, Any, dict[str, Any]]] = []
        self.jobs_by_id: dict[str, Job] = {}
        self.ends: dict[str, Job] = {}  # by type: how a job of it ends at once
        self.cancelled: list[str] = []
        self.announced = {"uppercase": "default", "send-email": "mail"}
        self.alive = [worker()]
        self.refuse: Exception | None = None
        self.types_read = 0
        self.waits: list[float] = []
        self.closed = False
        self.paused: list[str] = []
        self.purged: list[str] = []
        self.paused_types: list[str] = []
        self.asked_running: list[bool] = []
        self.is_new = True  # False: enqueue finds a job that stands already
        self.refuse_enqueue: Exception | None = None
        self.refuse_batch: Exception | None = None
        self.batch_key: str | None = None
        self.end_told = asyncio.Event()
        self.moved: list[tuple[str, Any]] = []
        self._numbers = itertools.count(1)
        self.schedules = FakeSchedules(self)
        self.entrance = FakeEntrance(self)

    async def enqueue(self, type: str, data: Any = None, **options: Any) -> Any:
        self.check()
        if self.refuse_enqueue:
            raise self.refuse_enqueue
        self.enqueued.append((type, data, options))
        job_id = f"1-1700000000000-{next(self._numbers)}"
        if type in self.ends:
            self.jobs_by_id[job_id] = self.ends[type]
        return SimpleNamespace(id=job_id, is_new=self.is_new)

    async def ask(self, question: Any) -> Any:
        self.check()
        return await question

    async def find_many(self, ids: Sequence[str]) -> dict[str, Job]:
        self.check()
        return {one: self.jobs_by_id[one] for one in ids if one in self.jobs_by_id}

    async def ended(self, ids: Sequence[str], timeout: float) -> set[str]:  # noqa: ARG002, ASYNC109 - the engine's signature
        await self.end_told.wait()
        return set(ids)

    async def again(self, job_id: str) -> Any:
        self.check()
        if self.refuse_enqueue:
            raise self.refuse_enqueue
        return SimpleNamespace(id=f"{job_id}0", is_new=True)

    async def wait(self, ids: Sequence[str], timeout: float) -> Mapping[str, Job]:  # noqa: ASYNC109 - the engine's signature
        self.check()
        self.waits.append(timeout)
        found = {one: self.jobs_by_id[one] for one in ids if one in self.jobs_by_id}
        if not found:
            await asyncio.sleep(timeout)
        return found

    async def find(self, job_id: str) -> Job | None:
        self.check()
        return self.jobs_by_id.get(job_id)

    def job(self, job_id: str) -> Any:
        async def why() -> Why:
            return Why(job_id, (await self._known(job_id)).state, [Reason("ended", "it was completed", {"n": 1})])

        async def logs() -> Log:
            await self._known(job_id)
            return Log([LogLine(1700000000.5, "a line")], 3)

        return SimpleNamespace(why=why, logs=logs)

    async def _known(self, job_id: str) -> Job:
        if (found := await self.find(job_id)) is None:
            raise JobNotFound(job_id)
        return found

    async def jobs(self, **wanted: Any) -> Page:
        self.check()
        self.wanted = wanted
        if wanted["cursor"] == "9:9-9":
            raise ValueError("'9:9-9' is no cursor of ours")
        return Page(list(self.jobs_by_id.values())[: wanted["limit"]], "0:5")

    async def search(self, query: Query, **wanted: Any) -> SearchPage:
        self.check()
        self.wanted = {"query": str(query), **wanted}
        if wanted["cursor"] == "9.9.9//0.0.0.0.":
            raise ValueError("'9.9.9//0.0.0.0.' is no cursor of a search")
        found = list(self.jobs_by_id.values())[: wanted["limit"]]
        cursor = "1.1.0/7-1/20.1.2.0.90"
        return SearchPage(jobs=found, cursor=cursor, method="scan", looked_at=20, found=1, of=90, encrypted=2)

    async def cancel(self, job_id: str, *, running: bool = True) -> bool:
        self.check()
        self.asked_running.append(running)
        self.cancelled.append(job_id)
        return job_id in self.jobs_by_id and self.jobs_by_id[job_id].state is JobState.PENDING

    async def types(self) -> dict[str, str]:
        self.check()
        self.types_read += 1
        return dict(self.announced)

    async def workers(self) -> list[WorkerInfo]:
        self.check()
        return list(self.alive)

    async def figures(self) -> StoreFigures:
        return StoreFigures(0, 0, 0.0, "valkey", "9")

    async def queues(self) -> dict[str, QueueFigures]:
        self.check()
        return {"low": QueueFigures(pending=2, oldest=1.23456), "default": QueueFigures(dead=1, paused=True)}

    async def series(self, metrics: Sequence[str], **wanted: Any) -> Series:
        self.check()
        self.wanted = {"metrics": metrics, **wanted}
        if wanted["end"] == 1:
            raise TooMuch("2000 points of 60 s")
        if wanted["type"] and "depth" in metrics:
            raise ValueError("depth is counted by queue, not by type: ask for it without a type")
        return Series(60, 180, 60, {name: [1.5, None] for name in metrics}, {"run_p95": [30, 0]})

    async def series_names(self) -> list[SeriesName]:
        self.check()
        return [SeriesName("mail", "", 20), SeriesName("mail", "send", 100)]

    async def pause(self, queue: str) -> bool:
        self.check()
        self.paused.append(queue)
        return True

    async def resume(self, queue: str) -> bool:
        self.check()
        self.paused.remove(queue)
        return True

    async def purge(self, queue: str) -> int:
        self.check()
        self.purged.append(queue)
        return 2

    async def pause_type(self, type: str) -> bool:
        self.check()
        self.paused_types.append(type)
        return True

    async def resume_type(self, type: str) -> bool:
        self.check()
        name(type, "task")
        known = type in self.paused_types
        self.paused_types = [one for one in self.paused_types if one != type]
        return known

    @property
    def dead_letters(self) -> "FakeDeadLetters":
        self.check()
        return FakeDeadLetters(self)

    async def ping(self) -> None:
        self.check()

    async def close(self) -> None:
        self.closed = True

    def check(self) -> None:
        if self.refuse:
            raise self.refuse


def worker(**changes: Any) -> WorkerInfo:
    """A worker that lives and takes jobs."""
    known = {"incarnation": "ab12", "host": "box", "pid": 7, "pool": "default", "slot": 0, "beat_at": 1000.0}
    return WorkerInfo(**{**known, **changes})


def job(**changes: Any) -> Job:
    """A job that was completed."""
    known = {
        "id": "1-1700000000000-1",
        "type": "uppercase",
        "queue": "default",
        "state": JobState.COMPLETED,
        "result": "HELLO",
        "enqueued_at": 1700000000.0,
        "finished_at": 1700000001.5,
    }
    return Job(**{**known, **changes})


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
def at_hand(client: FakeClient) -> Services:
    return Services.around(cast("AsyncClient", client))


class InProcess:
    """An HTTP client whose requests go straight into an app, on an event loop of its own; no socket."""

    def __init__(self, services: Services) -> None:
        self._closed = False
        self._loop = asyncio.Runner()
        self._app = create_app(services)
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://gateway")
        self._life = self._app.router.lifespan_context(self._app)
        self._loop.run(self._life.__aenter__())

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._loop.run(self._client.request(method, path, **options))

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def delete(self, path: str) -> httpx.Response:
        return self.request("DELETE", path)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._loop.run(self._life.__aexit__(None, None, None))
        self._loop.run(self._client.aclose())
        self._loop.close()


@pytest.fixture
def http_to() -> Iterator[Callable[[Services], InProcess]]:
    """Makes a client to an app around other services than the usual."""
    opened: list[InProcess] = []

    def open_one(services: Services) -> InProcess:
        opened.append(InProcess(services))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def http(at_hand: Services, http_to: Callable[[Services], InProcess]) -> InProcess:
    return http_to(at_hand)


@pytest.fixture
def a_job() -> Any:
    return job


@pytest.fixture
def a_worker() -> Any:
    return worker


@pytest.fixture
def store_down() -> StoreDown:
    return StoreDown("the store does not answer: refused")
