"""A worker's seat at the store: one connection, one incarnation, one short method for each verb. The worker, its keeper
and the janitor hold one each; producers use `client.py`.
"""

import logging
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from redis.exceptions import NoScriptError

from engine.doctor.doctor import Diagnosis, diagnosis
from engine.errors import StoreDown
from engine.jobs.job import JobError, StoreFigures, WorkerInfo
from engine.queues.limits import QueueLimits
from engine.store import calls, claims
from engine.store.calls import Call
from engine.store.claims import Claimed, Done, Grant
from engine.store.question import Question
from engine.store.session import Session
from engine.store.storeinfo import store_figures

log = logging.getLogger(__name__)
T = TypeVar("T")

CLAIM = "claim"
LONGEST_WAIT = 1.0  # between two attempts to reach a store that is away


class StoppedWaiting(StoreDown):
    """The store is away and the idle hook said not to wait any longer."""


class Engine:
    """Not thread safe. Every verb raises StoreDown when the store is away, except `collect`, which waits for it.

    Args:
        incarnation: 64-bit number of this life of this process, random, made after the fork.
        timeout: seconds for any one reply.
        idle: called between attempts while the store is away, with the seconds to wait; it waits, and answers whether
            to go on. The default sleeps.
    """

    def __init__(
        self,
        url: str,
        namespace: str,
        *,
        incarnation: int,
        timeout: float = 5.0,
        idle: Callable[[float], bool] | None = None,
    ) -> None:
        self.incarnation = incarnation
        self.session = Session(url, namespace, caller=incarnation, timeout=timeout)
        self.idle = idle or _sleep
        self._posted: tuple[int, list[Any], Sequence[str]] | None = None
        self._sent = False

    def fileno(self) -> int:
        """The socket, for select."""
        return self.session.fileno()

    def close(self) -> None:
        """Closes the connection."""
        self.session.close()

    def lease(self, job: Claimed) -> str:
        """The lease under which this incarnation holds the job."""
        return claims.lease_of(job, self.incarnation)

    # --- the worker's call, in two halves -----------------------------------------------------------------------

    def post(
        self,
        done: Sequence[Done],
        want: int,
        queues: Sequence[str],
        lease: float,
        *,
        old: float = 0.0,
        skip: Collection[str] = (),
    ) -> int:
        """Sends: acknowledge `done` and claim up to `want` jobs of `queues` (in that order) for `lease` seconds.

        Now and then a job that has waited for `old` seconds goes before those of higher priority (0 = never). Types in
        `skip` are passed over. Nothing is read, so the store works while the caller runs its batch. Returns the call's
        number. Never raises for weather: `collect` sees to it.
        """
        if self._posted is not None:
            raise RuntimeError("the last call's reply was not collected")
        operation = self.session.next_operation()
        call: Call[Grant] = Call(
            CLAIM, claims.arguments(done, want, queues, lease, old=old, skip=skip), _unparsed, remembered=True
        )
        command = self.session.pack(call, operation)
        self._posted = (operation, command, queues)
        self._sent = self._try_send(command)
        return operation

    def collect(self) -> Grant:
        """Reads the reply to the last `post`; repeats the same operation as often as it takes.

        Raises:
            StoppedWaiting: the store is away and `idle` said to stop; the call stays posted.
            EngineError: the store refused the call.
        """
        if self._posted is None:
            raise RuntimeError("nothing was posted")
        _, command, queues = self._posted
        reply = self._reply(command)
        self._posted = None
        return claims.parse(reply, queues)

    @property
    def next_call(self) -> int:
        """The number that the next call will have."""
        return self.session.operation + 1

    @property
    def in_flight(self) -> int:
        """The number of the call whose reply was not collected yet, 0 when there is none."""
        return self._posted[0] if self._posted else 0

    def forget(self) -> None:
        """Gives the posted call up: for a worker that leaves while the store is away."""
        self._posted = None
        self.session.close()

    def _try_send(self, command: list[Any]) -> bool:
        try:
            self.session.send(command)
        except StoreDown:
            return False
        return True

    def _reply(self, command: list[Any]) -> Any:
        wait = 0.0
        while True:
            try:
                if not self._sent:
                    self.session.send(command)
                    self._sent = True
                return self.session.receive()
            except NoScriptError:
                self._sent = False
                wait = self._learn(wait)
            except StoreDown as error:
                self._sent = False
                wait = self._wait(wait, error)

    def _learn(self, wait: float) -> float:
        try:
            self.session.load(CLAIM)
        except StoreDown as error:
            return self._wait(wait, error)
        return wait

    def _wait(self, before: float, error: StoreDown) -> float:
        if not before:
            log.warning("%s; waiting for it", error)
        wait = min(max(0.02, before * 2), LONGEST_WAIT)
        if not self.idle(wait * random.uniform(0.5, 1.0)):  # noqa: S311 - spreads reconnects, guards nothing
            raise StoppedWaiting(str(error)) from error
        return wait

    # --- single verbs -------------------------------------------------------------------------------------------

    def run(self, call: Call[T]) -> T:
        """Any call of `engine.store.calls`; not while a posted call is in flight."""
        if self._posted is not None:
            raise RuntimeError("the last call's reply was not collected")
        return self.session.run(call)

    def complete(self, done: Sequence[Done]) -> int:
        """Acknowledges without claiming; how many were still held."""
        if not done:
            return 0
        call: Call[int] = Call(
            CLAIM, claims.arguments(done, 0, (), 1.0), lambda r: len(done) - int(r[2]), remembered=True
        )
        return self.run(call)

    def retry(self, lease: str, error: JobError | None, delay: float, *, charge: bool = True) -> bool:
        """Processing -> scheduled; False when the lease was lost."""
        return self.run(calls.retry(lease, error, delay, charge=charge))

    def park(self, lease: str, type: str) -> str:
        """A job of a type that this worker does not know goes to a lane of that type; nothing is charged.

        "parked": no live worker knows the type; "passed on": one does; "" when the lease was lost.
        """
        return self.run(calls.park(lease, type))

    def bury(self, lease: str, error: JobError | None, *, charge: bool = True) -> bool:
        """Processing -> dead; False when the lease was lost."""
        return self.run(calls.bury(lease, error, charge=charge))

    def discard(self, lease: str, error: JobError, keep: float, *, charge: bool = True) -> bool:
        """Processing -> cancelled, its record kept for `keep` seconds; False when the lease was lost."""
        return self.run(calls.discard(lease, error, keep, charge=charge))

    def release(self, leases: Sequence[str]) -> int:
        """Processing -> pending, unharmed; how many went back."""
        return self.run(calls.release(leases)) if leases else 0

    def register(
        self,
        info: WorkerInfo,
        types: Mapping[str, str],
        limits: Mapping[str, QueueLimits] | None = None,
        traits: Mapping[str, str] | None = None,
    ) -> None:
        """Says who this worker is, which types it knows (type -> queue), their traits, and queue limits."""
        args: list[Any] = [info.incarnation, msgspec.msgpack.encode(info), len(types)]
        for name, queue in types.items():
            args += [name, queue, (traits or {}).get(name, "")]
        for name, said in (limits or {}).items():
            args += [name, said.room(), said.tenantry()]
        self.run(Call("register", args, int))

    def extend(self, workers: Sequence[WorkerInfo], leases: Sequence[str], lease: float) -> calls.Extended:
        """These workers live and hold these leases, for `lease` more seconds."""
        rows = [(int(w.incarnation, 16), msgspec.msgpack.encode(w), w.job or "") for w in workers]
        return self.run(calls.extend(rows, leases, lease))

    def settle(
        self, incarnation: int, cause: str, started: Sequence[str], *, charged: bool, max_crashes: int, stack: str = ""
    ) -> calls.Settled:
        """A worker is dead: marks its incarnation and gives back all it held."""
        return self.run(
            calls.settle(incarnation, cause, started, charged=charged, max_crashes=max_crashes, stack=stack)
        )

    def give_back(self, incarnation: int, through: int, keep: Sequence[str]) -> int:
        """Releases what that worker's last claims up to call `through` granted, but for `keep`; how many went back."""
        return self.run(calls.give_back(incarnation, through, keep))

    def promote(self, limit: int = 1000) -> calls.Promoted:
        """Due jobs -> pending."""
        return self.run(calls.promote(limit))

    def rescue(
        self,
        limit: int = 1000,
        *,
        grace: float = 2.0,
        max_crashes: int = 3,
        by_queue: Mapping[str, int] | None = None,
    ) -> list[calls.Rescued]:
        """Jobs with lapsed leases and silent owners -> pending or dead. Notes the time of the sweep."""
        return self.run(calls.rescue(limit, grace, max_crashes, by_queue or {}))

    def prune(
        self,
        limit: int = 1000,
        *,
        age: float = 3600.0,
        dead_after: Mapping[str, float] | None = None,
        dead_most: Mapping[str, int] | None = None,
    ) -> calls.Pruned:
        """Forgets what nobody needs any more."""
        return self.run(calls.prune(limit, age, dead_after or {}, dead_most or {}))

    def figures(self, queues: Sequence[str] = ()) -> calls.Depths:
        """How deep these queues are (none = all)."""
        return self.run(calls.figures(queues))

    def diagnosis(self) -> Diagnosis:
        """What the store's settings and state can do to the jobs in it."""
        return self.session.answer(diagnosis())

    def store(self) -> StoreFigures:
        """The store itself, which queues have an alarm, and how many new groups of dead letters each had."""
        info = b"".join(self.session.command("INFO", section) for section in ("server", "memory"))
        figures = store_figures(info, self.session.command("HGET", self.session.base + ":meta", "swept"))
        alarms = self.session.command("HKEYS", self.session.base + ":alarms")
        groups = calls.counts(self.session.command("HGETALL", self.session.base + ":newgroups"))
        return msgspec.structs.replace(figures, alarms=sorted(map(calls.text, alarms)), new_groups=groups)

    def ask(self, question: Question[T]) -> T:
        """Any question of `engine.store.question`, or made like those."""
        reply: Any = None
        while True:
            try:
                step = question.send(reply)
            except StopIteration as end:
                answer: T = end.value
                return answer
            reply = self.session.run(step) if isinstance(step, Call) else self.session.command(*step)


def _unparsed(reply: Any) -> Any:
    return reply


def _sleep(wait: float) -> bool:
    time.sleep(wait)
    return True
