"""What those need of a client who ask questions for it: the client itself stands above them."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from engine.jobs.job import Job
from engine.store.calls import Call
from engine.store.question import Question

T = TypeVar("T")


class Asks(Protocol):
    """The part of `Client` that is needed."""

    def ask(self, question: Question[T]) -> T:
        """The answer to a question."""
        ...

    def run(self, call: Call[T]) -> T:
        """One call."""
        ...


class Waits(Asks, Protocol):
    """What handles need besides. `base`: of the names of the namespace's keys."""

    base: str

    def find(self, job_id: str) -> Job | None:
        """One job."""
        ...

    def find_many(self, ids: Sequence[str], *, brief: bool = False) -> dict[str, Job]:
        """Many jobs."""
        ...

    def wait(self, ids: Sequence[str], timeout: float) -> dict[str, Job]:
        """Those that have ended in time."""
        ...

    def ended(self, ids: Sequence[str], timeout: float) -> set[str]:
        """The jobs and flows that have ended in time."""
        ...


class AsksLater(Protocol):
    """The part of `AsyncClient` that is needed."""

    async def ask(self, question: Question[T]) -> T:
        """The answer to a question."""
        ...

    async def run(self, call: Call[T]) -> T:
        """One call."""
        ...


class WaitsLater(AsksLater, Protocol):
    """As `Waits`."""

    base: str

    async def find(self, job_id: str) -> Job | None:
        """One job."""
        ...

    async def find_many(self, ids: Sequence[str], *, brief: bool = False) -> dict[str, Job]:
        """Many jobs."""
        ...

    async def wait(self, ids: Sequence[str], timeout: float) -> dict[str, Job]:  # noqa: ASYNC109 - as in Client
        """Those that have ended in time."""
        ...

    async def ended(self, ids: Sequence[str], timeout: float) -> set[str]:  # noqa: ASYNC109 - as in Client
        """The jobs and flows that have ended in time."""
        ...
