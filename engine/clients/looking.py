"""What a client can see, and change nothing: jobs, queues, workers, charts, the store."""

from collections.abc import Sequence

from engine.asking import listing, questions
from engine.asking.asking import Asks
from engine.charts.rates import Rates, rates
from engine.charts.series import Series, SeriesName, series
from engine.charts.series import names as series_names
from engine.doctor.doctor import Diagnosis, diagnosis
from engine.jobs.job import Job, Page, QueueFigures, StoreFigures, WorkerInfo
from engine.search import page, scan


class Looks(Asks):
    """The part of `Client` that only looks. `base`: of the names of the namespace's keys."""

    base: str

    def find(self, job_id: str) -> Job | None:
        """The job, whatever its state; None when no such id was ever issued."""
        return self.ask(questions.find(self.base, job_id))

    def find_many(self, ids: Sequence[str], *, brief: bool = False) -> dict[str, Job]:
        """Those of these jobs that were ever issued; `brief`: see `jobs`."""
        return self.ask(questions.many(ids, brief=brief))

    def jobs(
        self,
        state: str | None = None,
        queue: str | None = None,
        type: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        *,
        brief: bool = False,
    ) -> Page:
        """Some jobs; go on with `page.cursor` until it is None.

        Args:
            brief: `data` and `result` are a line of text each that shows what they begin with; large ones are not read.

        Raises:
            ValueError: the state or the cursor is none.
        """
        wanted = listing.jobs(self.base, state=state, queue=queue, type=type, limit=limit, cursor=cursor, brief=brief)
        return self.ask(wanted)

    def search(
        self, query: scan.Wanted, limit: int = 50, cursor: str | None = None, *, brief: bool = False
    ) -> page.SearchPage:
        """Some jobs that a query means, in one bounded step (docs/search.md); go on with `page.cursor` until it ends.

        Raises:
            ValueError: the query says nothing (`QueryError`, one of them), or the cursor is none.
        """
        return self.ask(scan.search(self.base, query, limit=limit, cursor=cursor, brief=brief))

    def queues(self) -> dict[str, QueueFigures]:
        """How deep each queue is."""
        return self.ask(questions.queues())

    def workers(self) -> list[WorkerInfo]:
        """Who is alive, on which host, doing what, since when."""
        return self.ask(questions.workers(self.base))

    def series(
        self,
        metrics: str | Sequence[str],
        *,
        queue: str | None = None,
        type: str | None = None,
        start: float | None = None,
        end: float | None = None,
        step: int | None = None,
    ) -> Series:
        """Metrics for charts, of a queue, a type, both or all; see `engine.charts.series.series` and docs/series.md.

        Args:
            metrics: one name, or several; `engine.charts.metrics.METRICS` has them.
            start, end: epoch seconds; left out, the last three hours.
            step: 60, 600 or 3600 seconds; left out, what suits the time.

        Raises:
            ValueError: there is no such metric, step or time; `TooMuch`, one of them: it is too much.
        """
        wanted = [metrics] if isinstance(metrics, str) else metrics
        return self.ask(series(self.base, wanted, queue=queue, type=type, start=start, end=end, step=step))

    def series_names(self) -> list[SeriesName]:
        """Which queues and types have figures for charts, with the bytes they take."""
        return self.ask(series_names(self.base))

    def rates(self) -> Rates:
        """How fast jobs come and go, by queue and in all, over the last minute; cheap enough for once a second."""
        return self.run(rates())

    def types(self) -> dict[str, str]:
        """Every type that a worker ever announced -> its queue."""
        return self.ask(questions.types(self.base))

    def figures(self) -> StoreFigures:
        """The store itself."""
        return self.ask(questions.figures(self.base))

    def doctor(self) -> Diagnosis:
        """What the store's settings and state can do to the jobs in it."""
        return self.ask(diagnosis())
