"""One attempt at a job, decided as in a worker: arguments, time limits, what a failure leads to."""

import asyncio
import contextvars
import threading
import time
from pathlib import Path
from typing import Any

import config as config_file
from config.schema import Config
from engine.payloads.payload import Options
from engine.store.claims import Claimed
from scoreboard.layout import SERIES_STRIDE
from scoreboard.series import SeriesTable
from worker.run.context import running
from worker.run.executor import Executor
from worker.run.lateness import refuse_late
from worker.run.plans import Plan, Plans
from worker.run.timeouts import Alarm
from worker.tasks.registry import Registry, tasks


class QuietAlarm(Alarm):
    """Sets no timer: SIGALRM is the test runner's here. Soft timeouts of ``def`` tasks do not come."""

    def _arm(self, deadline_ns: int) -> None:
        pass


class Attempts:
    """Runs jobs here. config: whose queues' policies count, a file or its content; None = what holds without a file."""

    def __init__(self, config: Config | Path | str | None = None, registry: Registry = tasks) -> None:
        if isinstance(config, Path | str):
            config = config_file.load(Path(config))
        self.registry = registry
        # Of no board: nobody reads these figures.
        figures = SeriesTable(memoryview(bytearray(SERIES_STRIDE)).cast("Q"))
        self.plans = Plans(config or Config(), registry, figures)

    def run(self, plan: Plan, job: Claimed, options: Options, now_ms: int) -> bytes | None:
        """Run the job and return its result as bytes; now_ms: the store's clock.

        Raises:
            BaseException: what a worker would see: the task's own, ArgumentsError, Expired, UnknownTask …
        """
        if job.options or job.attempts:
            refuse_late(job, plan.policy, options, now_ms)
        soft_ns, _ = plan.deadlines(options, time.monotonic_ns())
        # A coroutine gets a thread of its own: there may be an event loop in this one already.
        return (_elsewhere if plan.is_async else _here)(plan, job, soft_ns)


def _here(plan: Plan, job: Claimed, soft_ns: int) -> bytes | None:
    before = running.get()  # a task may enqueue another that runs inside it
    try:
        return Executor(QuietAlarm()).run(plan, job, job.payload, soft_ns)
    finally:
        running.set(before)


def _elsewhere(plan: Plan, job: Claimed, soft_ns: int) -> bytes | None:
    answer: list[Any] = [None, None]
    inside = contextvars.copy_context()

    def run() -> None:
        executor = Executor(QuietAlarm())
        try:
            answer[0] = inside.run(executor.run, plan, job, job.payload, soft_ns)
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            answer[1] = error
        finally:
            executor.close()

    thread = threading.Thread(target=run, name=f"job {job.id}")
    thread.start()
    thread.join()
    if answer[1] is not None:
        raise answer[1]
    result: bytes | None = answer[0]
    return result


def is_the_tests_own(error: BaseException) -> bool:
    """Whether this is no failure of a job but the end of the test: Ctrl-C, pytest.fail, pytest.skip, its time limit."""
    if isinstance(error, Exception | SystemExit | asyncio.CancelledError):
        return False
    return isinstance(error, KeyboardInterrupt | GeneratorExit) or any(
        kind.__module__.startswith("_pytest.") for kind in type(error).__mro__
    )
