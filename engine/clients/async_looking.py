"""`engine.clients.looking` for asyncio: arguments, results and errors are the same."""

from collections.abc import Sequence

from engine.asking import listing, questions
from engine.asking.asking import AsksLater
from engine.charts.rates import Rates, rates
from engine.charts.series import Series, SeriesName, series
from engine.charts.series import names as series_names
from engine.doctor.doctor import Diagnosis, diagnosis
from engine.jobs.job import Job, Page, QueueFigures, StoreFigures, WorkerInfo
from engine.search import page, scan


class LooksLater(AsksLater):
    """The part of `AsyncClient` that only looks; see `Looks`."""

    base: str

    async def find(self, job_id: str) -> Job | None:
        """The job, whatever its state; None when no such id was ever issued."""
        return await self.ask(questions.find(self.base, job_id))

    async def find_many(self, ids: Sequence[str], *, brief: bool = False) -> dict[str, Job]:
        """Those of these jobs that were ever issued; see `Client.find_many`."""
        return await self.ask(questions.many(ids, brief=brief))

    async def jobs(
        self,
        state: str | None = None,
        queue: str | None = None,
        type: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        *,
        brief: bool = False,
    ) -> Page:
        """Some jobs; see `Client.jobs`."""
        wanted = listing.jobs(self.base, state=state, queue=queue, type=type, limit=limit, cursor=cursor, brief=brief)
        return await self.ask(wanted)

    async def search(
        self, query: scan.Wanted, limit: int = 50, cursor: str | None = None, *, brief: bool = False
    ) -> page.SearchPage:
        """Some jobs that a query means; see `Client.search`."""
        return await self.ask(scan.search(self.base, query, limit=limit, cursor=cursor, brief=brief))

    async def queues(self) -> dict[str, QueueFigures]:
        """How deep each queue is."""
        return await self.ask(questions.queues())

    async def workers(self) -> list[WorkerInfo]:
        """Who is alive, on which host, doing what, since when."""
        return await self.ask(questions.workers(self.base))

    async def series(
        self,
        metrics: str | Sequence[str],
        *,
        queue: str | None = None,
        type: str | None = None,
        start: float | None = None,
        end: float | None = None,
        step: int | None = None,
    ) -> Series:
        """Metrics for charts; see `Client.series`."""
        wanted = [metrics] if isinstance(metrics, str) else metrics
        return await self.ask(series(self.base, wanted, queue=queue, type=type, start=start, end=end, step=step))

    async def series_names(self) -> list[SeriesName]:
        """Which queues and types have figures for charts, with the bytes they take."""
        return await self.ask(series_names(self.base))

    async def rates(self) -> Rates:
        """How fast jobs come and go, by queue and in all, over the last minute; cheap enough for once a second."""
        return await self.run(rates())

    async def types(self) -> dict[str, str]:
        """Every type that a worker ever announced -> its queue."""
        return await self.ask(questions.types(self.base))

    async def figures(self) -> StoreFigures:
        """The store itself."""
        return await self.ask(questions.figures(self.base))

    async def doctor(self) -> Diagnosis:
        """What the store's settings and state can do to the jobs in it."""
        return await self.ask(diagnosis())
