"""What producers hold: enqueue, look, wait. Needs neither the tasks' code nor a supervisor. Thread safe; after a fork
each process opens connections of its own.
"""

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Self, TypeVar, Unpack

import msgspec

from engine import calls, keys, listing, questions
from engine.calls import Call
from engine.dead_letters import DeadLetters
from engine.enqueue import CHUNK
from engine.entrance import Entrance
from engine.errors import JobFailed, JobNotFound, ResultTimeout
from engine.job import Job, Page, QueueFigures, StoreFigures, WorkerInfo
from engine.listener import Listener
from engine.new_job import EnqueueOptions, NewJob
from engine.purge import purge
from engine.schedules import Schedules
from engine.session import Session
from engine.states import FINISHED, JobState

T = TypeVar("T")

CANCELLED_KEPT = 3600.0  # seconds for which a cancelled job's record stays


class Client:
    """The store, as a producer sees it.

    Args:
        url: redis://host:port/db, rediss://…, unix:///path.
        timeout: seconds for any one reply.

    Every method raises StoreDown when the store is away, at once: whether and how long to wait is the caller's choice.
    """

    def __init__(self, url: str, *, namespace: str = "default", timeout: float = 5.0) -> None:
        self._url = url
        self._namespace = namespace
        self._timeout = timeout
        self._free: list[Session] = []
        self._entrance = Entrance()
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def enqueue(
        self,
        type: str,
        data: Any = None,
        **options: Unpack[EnqueueOptions],
    ) -> "JobHandle":
        """One job. Once this returned, it ends as completed, dead or cancelled, whatever process dies.

        Args:
            data: a dict is given to the task as keyword arguments, a list as positional ones, anything else as one.
            options: see `EnqueueOptions`.

        Raises:
            PayloadError, ValueError: it cannot be sent. QueueFull, StoreFull, StoreDown: not now.
            UniqueConflict, IdempotencyConflict: another job stands in its way.
        """
        return JobHandle(self, *self.ask(self._entrance.one(NewJob(type, data, **options))))

    def enqueue_many(self, jobs: Iterable[NewJob | tuple[str, Any]], *, queue: str | None = None) -> list[str]:
        """Many jobs, `CHUNK` in a script; their ids in order. `queue` is for those that name none.

        Each chunk is taken whole or not at all, but for jobs with `unique`, an idempotency key or a result cache, which
        go one by one behind the others; when a later one is refused the earlier ones stay.
        """
        ids: list[str] = []
        rest = iter(jobs)
        while chunk := [as_new(job, queue) for job in islice(rest, CHUNK)]:
            ids += self.ask(self._entrance.many(chunk))
        return ids

    def job(self, job_id: str) -> "JobHandle":
        """A handle on a job by its id; nothing is asked yet."""
        return JobHandle(self, job_id)

    def find(self, job_id: str) -> Job | None:
        """The job, whatever its state; None when no such id was ever issued."""
        return self.ask(questions.find(self._base, job_id))

    def find_many(self, ids: Sequence[str]) -> dict[str, Job]:
        """Those of these jobs that were ever issued."""
        return self.ask(questions.many(ids))

    def jobs(
        self,
        state: str | None = None,
        queue: str | None = None,
        type: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page:
        """Some jobs; go on with `page.cursor` until it is None.

        Raises:
            ValueError: the state or the cursor is none.
        """
        return self.ask(listing.jobs(self._base, state=state, queue=queue, type=type, limit=limit, cursor=cursor))

    def cancel(self, job_id: str, *, running: bool = True) -> bool:
        """A job that has not started will not; one that runs is asked to stop, unless `running` is False.

        True: it is cancelled. False: it runs, has ended, or never was. What was asked to stop ends as cancelled a
        moment later, unless its task gets to its end first.
        """
        return self.run(calls.cancel(job_id, CANCELLED_KEPT, running=running)) == "cancelled"

    def pause(self, queue: str) -> bool:
        """The queue takes jobs and gives none out; whether that changed anything."""
        return self.run(calls.pause(queue, paused=True))

    def resume(self, queue: str) -> bool:
        """The queue gives jobs out again; whether that changed anything."""
        return self.run(calls.pause(queue, paused=False))

    def pause_type(self, type: str) -> bool:
        """No job of the type starts, in whatever queue, and none waits behind one; whether that changed anything."""
        return self.run(calls.pause_type(type, paused=True))

    def resume_type(self, type: str) -> bool:
        """Jobs of the type start again; whether that changed anything."""
        return self.run(calls.pause_type(type, paused=False))

    def purge(self, queue: str) -> int:
        """Cancels all that is pending in the queue, and nothing that is enqueued meanwhile; how many jobs that were."""
        return self.ask(purge(queue))

    def queues(self) -> dict[str, QueueFigures]:
        """How deep each queue is."""
        return self.ask(questions.queues())

    def workers(self) -> list[WorkerInfo]:
        """Who is alive, on which host, doing what, since when."""
        return self.ask(questions.workers(self._base))

    @property
    def schedules(self) -> Schedules:
        """What runs by the clock: list, pause, resume, run now."""
        return Schedules(self, self._base)

    def types(self) -> dict[str, str]:
        """Every type that a worker ever announced -> its queue."""
        return self.ask(questions.types(self._base))

    def figures(self) -> StoreFigures:
        """The store itself."""
        return self.ask(questions.figures(self._base))

    @property
    def dead_letters(self) -> DeadLetters:
        """What failed for good: list it, retry it, delete it."""
        return DeadLetters(self, self._namespace)

    def ping(self) -> None:
        """Returns when the store answers.

        Raises:
            StoreDown: it does not.
        """
        with self._session() as session:
            session.command("PING")

    def wait(self, ids: Sequence[str], timeout: float) -> dict[str, Job]:
        """The jobs among these that have ended within `timeout` seconds; told by the store, not by polling."""
        deadline = time.monotonic() + timeout
        with Listener(self._url, self._namespace) as listener:
            ended = set(listener.wait(ids, deadline, self.run))
        return {i: job for i, job in self.find_many([i for i in ids if i in ended]).items() if job.state in FINISHED}

    def run(self, call: Call[T]) -> T:
        """Any call of `engine.calls`."""
        with self._session() as session:
            return session.run(call)

    def close(self) -> None:
        """Closes the connections that are free."""
        with self._lock:
            free, self._free = self._free, []
        for session in free:
            session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _base(self) -> str:
        return keys.base(self._namespace)

    def ask(self, question: questions.Question[T]) -> T:
        """Any question of `engine.questions`."""
        with self._session() as session:
            try:
                step = next(question)
                while True:
                    reply = session.run(step) if isinstance(step, Call) else session.command(*step)
                    step = question.send(reply)
            except StopIteration as end:
                answer: T = end.value
                return answer

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._lock:
            if self._pid != os.getpid():  # a fork's child must not speak on its parent's sockets
                self._pid, self._free = os.getpid(), []
            session = self._free.pop() if self._free else None
        session = session or Session(self._url, self._namespace, timeout=self._timeout)
        try:
            yield session
        except BaseException:
            session.close()
            raise
        with self._lock:
            self._free.append(session)


def as_new(job: NewJob | tuple[str, Any], queue: str | None) -> NewJob:
    """The job as a record, in `queue` when it names none itself."""
    new = job if isinstance(job, NewJob) else NewJob(*job)
    if queue is None or new.queue is not None:
        return new
    return msgspec.structs.replace(new, queue=queue)


def result_of(job: Job | None, job_id: str, timeout: float | None) -> Any:
    """A finished job's result.

    Raises:
        ResultTimeout: it has not ended. JobFailed: it is dead or was cancelled.
    """
    if job is None:
        raise ResultTimeout(f"job {job_id} did not end within {timeout} s; it goes on")
    if job.state != JobState.COMPLETED:
        raise JobFailed(job_id, job.error)
    return job.result


class JobHandle:
    """A job by its id. `is_new`: False when `enqueue` found that another job answers for the one that was wanted."""

    def __init__(self, client: Client, job_id: str, is_new: bool = True) -> None:
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
