"""One job, here and now: its arguments, the function, its result as bytes. What it raises goes to the caller."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from worker.run import stray
from worker.run.context import Running, running
from worker.run.plans import Plan
from worker.run.soft_timeout import SoftTimeout
from worker.run.timeouts import NEVER, Alarm


class Executor:
    """Runs jobs one at a time in the main thread: ``def`` directly, ``async def`` on one event loop that stays."""

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = alarm
        self._loop: asyncio.AbstractEventLoop | None = None

    def prepare(self) -> None:
        """Take over what a running worker needs; main thread only."""
        self._alarm.install()
        stray.guard()

    def run(self, plan: Plan, job: Running, data: bytes, soft_ns: int) -> bytes | None:
        """Run one job and return its result as bytes; soft_ns: monotonic deadline or 0.

        Raises:
            ArgumentsError: the payload does not fit. ResultError: the result cannot be stored.
            BaseException: whatever the task raised, SystemExit too; SoftTimeout when its time was up.
        """
        running.set((job, soft_ns))
        values, names = plan.arguments(data)
        try:
            if plan.is_async:
                result = self._await(plan.function(*values, **names), soft_ns)
            elif soft_ns:
                self._alarm.watch(soft_ns)
                result = plan.function(*values, **names)
            else:
                self._alarm.deadline_ns = NEVER  # a cancel may come
                result = plan.function(*values, **names)
        finally:
            self._alarm.deadline_ns = 0
            stray.leave_if_stray()
        return None if result is None else plan.pack(result)

    def close(self) -> None:
        """Cancel what tasks left behind on the event loop, and close it."""
        running.set(None)
        loop, self._loop = self._loop, None
        if loop is None:
            return
        left = asyncio.all_tasks(loop)
        for one in left:
            one.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=1.0))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def _await(self, awaitable: Awaitable[Any], soft_ns: int) -> Any:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        task = self._alarm.awaited = self._loop.create_task(guarded(awaitable, soft_ns))
        try:
            error, result = self._loop.run_until_complete(task)
        finally:
            self._alarm.awaited = None
        if error is not None:
            raise error
        return result


async def guarded(awaitable: Awaitable[Any], soft_ns: int) -> tuple[BaseException | None, Any]:
    """Await a task's coroutine under its soft timeout, and never raise: an event loop would stop for SystemExit.

    soft_ns: deadline, monotonic (the event loop's clock is the same one), 0 = none. Returns (error, result).
    """
    try:
        if not soft_ns:
            return None, await awaitable
        limit = asyncio.timeout_at(soft_ns / 1e9)
        try:
            async with limit:
                return None, await awaitable
        except TimeoutError:
            if limit.expired():
                raise SoftTimeout from None
            raise
    except BaseException as error:  # noqa: BLE001 - whatever it was, it is this job's failure and nobody else's
        return error, None
