"""What producers hold: enqueue, look, wait. Needs neither the tasks' code nor a supervisor. Thread safe; after a fork
each process opens connections of its own.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, TypeVar, Unpack

from engine.asking.job_handle import JobHandle
from engine.clients.audit import Audit, sealed
from engine.clients.looking import Looks
from engine.dead.dead_letters import DeadLetters
from engine.entrance.carrier import Carrier, Carrying
from engine.entrance.entrance import Entrance
from engine.flows.flows import Flows
from engine.jobs.job import Job
from engine.jobs.new_job import Durable, EnqueueOptions, NewJob
from engine.jobs.states import FINISHED
from engine.queues.intake import Intake
from engine.queues.purge import purge
from engine.schedules.schedules import Schedules
from engine.store import calls, keys
from engine.store.calls import Call
from engine.store.listener import Listener
from engine.store.question import Question
from engine.store.sessions import Sessions

T = TypeVar("T")

CANCELLED_KEPT = 3600.0  # seconds for which a cancelled job's record stays


class Client(Looks):
    """The store, as a producer sees it.

    Args:
        url: redis://host:port/db, rediss://…, unix:///path.
        timeout: seconds for any one reply.
        carrying: size limit, compression, encryption, middleware; see `Carrying`.

    Every method raises StoreDown when the store is away, at once: whether and how long to wait is the caller's choice.
    """

    def __init__(
        self, url: str, *, namespace: str = "default", timeout: float = 5.0, **carrying: Unpack[Carrying]
    ) -> None:
        self.base = keys.base(namespace)
        self._namespace = namespace
        self.carrier = Carrier(**carrying)
        self._entrance = Entrance(self.base, self.carrier)
        self._sessions = Sessions(url, namespace, timeout, self.carrier.incoming)
        self._listener = Listener(url, namespace)

    def enqueue(
        self,
        type: str,
        data: Any = None,
        *,
        durable: bool | Durable = False,
        **options: Unpack[EnqueueOptions],
    ) -> JobHandle:
        """One job. Once this returned, it ends as completed, dead or cancelled, whatever process dies.

        Args:
            data: a dict is given to the task as keyword arguments, a list as positional ones, anything else as one.
            durable: return only when the job is on disk; Durable(replicas=2) on two replicas, too.
            options: see `EnqueueOptions`.

        Raises:
            PayloadError, ValueError: it cannot be sent. QueueFull, StoreFull, StoreDown: not now.
            NotDurable: the job is enqueued all the same, or is not, as the error says.
            UniqueConflict, IdempotencyConflict: another job stands in its way.
        """
        accepted = self.ask(self._entrance.accept(NewJob(type, data, **options), durable=durable))
        return JobHandle(self, *accepted)

    def enqueue_many(
        self,
        jobs: Iterable[NewJob | tuple[str, Any]],
        *,
        queue: str | None = None,
        durable: bool | Durable = False,
    ) -> list[str]:
        """Many jobs, a thousand in a script; their ids in order. `queue` is for those that name none.

        Each thousand is taken whole or not at all, whatever jobs they are; when a later one is refused, the thousands
        before it stay. Those with `unique`, an idempotency key, a webhook or a result cache come behind the plain ones.

        Raises:
            UniqueConflict, IdempotencyConflict: a job (`at` is its place among all) is refused, with its thousand.
            And as `enqueue`.
        """
        return self.ask(self._entrance.accept_all(jobs, queue, durable=durable))

    def again(self, job_id: str) -> JobHandle:
        """A new job with the type, payload, queue and options of that one, whatever became of it; to run now.

        Raises:
            JobNotFound: no such id was ever issued. PayloadGone: it ended, and its payload is not kept any more.
            QueueFull, StoreFull, StoreDown: not now. UniqueConflict: its type is unique, and another one stands.
        """
        return JobHandle(self, *self.ask(self._entrance.again(job_id)))

    def job(self, job_id: str) -> JobHandle:
        """A handle on a job by its id; nothing is asked yet."""
        return JobHandle(self, job_id)

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

    def purge(self, queue: str, told: Callable[[int], None] | None = None) -> int:
        """Cancels all that is pending in the queue, and nothing that is enqueued meanwhile; how many jobs that were.

        `told` is called after each step with how many it is so far.
        """
        return self.ask(purge(queue, told))

    @property
    def schedules(self) -> Schedules:
        """What runs by the clock: list, put, delete, preview, pause, resume, run now."""
        return Schedules(self, self.base)

    @property
    def intake(self) -> Intake:
        """Which queues take new jobs: close one, drain it, open it."""
        return Intake(self, self._namespace)

    @property
    def audit(self) -> Audit:
        """Who did what through the gateways."""
        return Audit(self, self.base)

    def seal(self, fresh: bytes) -> bytes:
        """The secret that all gateways of this namespace sign with: `fresh`, when there is none yet."""
        return self.run(sealed(fresh))

    @property
    def flows(self) -> Flows:
        """Jobs that wait for one another: submit, list, cancel."""
        return Flows(self, self.carrier.outgoing)

    @property
    def dead_letters(self) -> DeadLetters:
        """What failed for good: list it, retry it, delete it."""
        return DeadLetters(self, self._namespace, self.carrier)

    def ping(self) -> None:
        """Returns when the store answers.

        Raises:
            StoreDown: it does not.
        """
        with self._sessions.held() as session:
            session.command("PING")

    def wait(self, ids: Sequence[str], timeout: float) -> dict[str, Job]:
        """The jobs among these that have ended within `timeout` seconds; told by the store, not by polling."""
        ended = self.ended(ids, timeout)
        return {i: job for i, job in self.find_many([i for i in ids if i in ended]).items() if job.state in FINISHED}

    def ended(self, ids: Sequence[str], timeout: float) -> set[str]:
        """Those of these jobs and flows that have ended within `timeout` seconds; all threads share a subscription."""
        return self._listener.wait(ids, time.monotonic() + timeout, self.run)

    def run(self, call: Call[T]) -> T:
        """Any call of `engine.store.calls`."""
        with self._sessions.held() as session:
            return session.run(call)

    def close(self) -> None:
        """Closes the connections that are free and ends the subscription; calls that wait raise EngineError."""
        self._listener.close()
        self._sessions.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: Question[T]) -> T:
        """Any question of `engine.store.question`."""
        with self._sessions.held() as session:
            return session.answer(question)
