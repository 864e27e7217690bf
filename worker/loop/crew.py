"""Who runs jobs when concurrency is above 1: threads for ``def``, one event loop thread for ``async def``."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from engine.payloads.payload import Options
from engine.store.claims import Claimed
from worker.run import stray
from worker.run.cancelled import Cancelled
from worker.run.context import running
from worker.run.executor import guarded
from worker.run.kin import passed
from worker.run.lateness import refuse_late
from worker.run.plans import Plan
from worker.run.timeouts import ThreadTimeout


@dataclass(slots=True, eq=False)
class Work:
    """One job under way. index: its place in the worker's record; soft_ns: deadline, 0 = none; times monotonic ns."""

    job: Claimed
    plan: Plan
    options: Options
    index: int
    began_ns: int
    soft_ns: int
    began_ms: int  # by the store's clock
    timeout: ThreadTimeout = field(default_factory=ThreadTimeout)
    error: BaseException | None = None
    result: bytes | None = None
    ended_ns: int = 0
    awaited: asyncio.Task[Any] | None = None  # once its coroutine has begun

    def payload(self) -> bytes:
        """The job's own; or its parents' results, which the store is asked for."""
        return passed(self.job.id) if self.options.pr else self.job.payload

    def refuse_late(self) -> None:
        """Raises Expired or RetriesOver when it is too late to start it, UnknownVersion when it is not for us."""
        refuse_late(self.job, self.plan.policy, self.options, self.began_ms)
        self.plan.refuse_newer(self.options)


class Crew:
    """Takes work, and puts it into ``finished`` when it is done, whatever became of it; then calls ``ring``."""

    def __init__(self, size: int, ring: Callable[[], None]) -> None:
        self._size = size
        self._ring = ring
        self._inbox: SimpleQueue[Work] = SimpleQueue()
        self._threads = 0
        self._threaded = 0  # jobs in threads now
        self._loop: asyncio.AbstractEventLoop | None = None
        self._awaited: set[asyncio.Task[None]] = set()
        self.finished: SimpleQueue[Work] = SimpleQueue()
        stray.guard()

    def start(self, works: Sequence[Work]) -> None:
        """Run these; never waits."""
        awaited = [work for work in works if work.plan.is_async]
        if awaited:
            loop = self._loop or self._start_loop()
            loop.call_soon_threadsafe(self._await_all, loop, awaited)
        for work in works:
            if not work.plan.is_async:
                self._inbox.put(work)
                self._threaded += 1
        while self._threads < min(self._size, self._threaded):
            self._threads += 1
            threading.Thread(target=self._serve, name=f"herdsman-{self._threads}", daemon=True).start()

    def cancel(self, work: Work) -> bool:
        """Tell a running work to stop; False when it could not be told."""
        if not work.plan.is_async:
            return work.timeout.fire(Cancelled)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._cancel_awaited, self._loop, work)
        return True

    def _cancel_awaited(self, loop: asyncio.AbstractEventLoop, work: Work) -> None:
        if work.awaited is not None:
            work.awaited.cancel()
        elif not work.ended_ns:  # cancelled before its first step it would never say that it has ended
            loop.call_soon(self._cancel_awaited, loop, work)

    def taken(self, work: Work) -> None:
        """The caller took a finished work out."""
        if not work.plan.is_async:
            self._threaded -= 1

    def _serve(self) -> None:
        while True:
            work = self._inbox.get()
            work.error, work.result = attempt(work)
            running.set(None)
            self._done(work)

    def _start_loop(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.new_event_loop()
        threading.Thread(target=_run_loop, args=(loop,), name="herdsman-asyncio", daemon=True).start()
        return loop

    def _await_all(self, loop: asyncio.AbstractEventLoop, works: Sequence[Work]) -> None:
        for work in works:
            task = loop.create_task(self._await(work))
            self._awaited.add(task)  # the loop itself would let a task be collected while it waits
            task.add_done_callback(self._awaited.discard)

    async def _await(self, work: Work) -> None:
        running.set((work.job, work.soft_ns))  # each asyncio task has a context of its own
        work.awaited = asyncio.current_task()
        try:
            work.refuse_late()
            payload = await asyncio.to_thread(work.payload) if work.options.pr else work.job.payload
            values, names = work.plan.arguments(payload)
            awaitable = work.plan.function(*values, **names)
            work.error, result = await guarded(awaitable, work.soft_ns)
            work.result = work.plan.pack(result)
        except BaseException as error:  # noqa: BLE001 - any failure is this job's own
            work.error = error
        self._done(work)

    def _done(self, work: Work) -> None:
        work.ended_ns = time.monotonic_ns()
        self.finished.put(work)
        self._ring()


def attempt(work: Work) -> tuple[BaseException | None, bytes | None]:
    """Run a ``def`` task in this thread; (error, result)."""
    try:
        try:
            work.timeout.begin()
            running.set((work.job, work.soft_ns))
            work.refuse_late()
            values, names = work.plan.arguments(work.payload())
            result: Any = work.plan.function(*values, **names)
        finally:
            stray.leave_if_stray()
            work.timeout.end()
        return None, work.plan.pack(result)
    except BaseException as error:  # noqa: BLE001 - SystemExit too is only a failed attempt
        return error, None


def _run_loop(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
