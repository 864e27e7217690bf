import asyncio
from contextlib import contextmanager

import pytest

from engine.tracing import tracing
from worker import current_job, middleware
from worker.durations import TaskError
from worker.run.context import running
from worker.run.middleware import around_all, surrounded
from worker.run.plans import Plan
from worker.tasks.registry import make_task
from worker.tracing.tracing import traced


class Job:
    id, type, queue, token, attempts, crashes, options = "1-1-1", "t", "q", 1, 0, 0, b""


@pytest.fixture(autouse=True)
def _in_a_job():
    token = running.set((Job(), 0))
    yield
    running.reset(token)


def noting(seen, name):
    @contextmanager
    def layer(job):
        seen.append(f"in {name} {job.id}")
        try:
            yield
        except ValueError as error:
            seen.append(f"{name} saw {error}")
            raise
        finally:
            seen.append(f"out {name}")

    return layer


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_the_first_is_the_outermost_and_all_see_what_the_task_raises(kind):
    seen = []

    def plain(fails):
        seen.append("task")
        if fails:
            raise ValueError("no")
        return current_job().id

    async def awaited(fails):
        await asyncio.sleep(0)
        return plain(fails)

    function = awaited if kind == "async def" else plain
    around = surrounded(function, [noting(seen, "a"), noting(seen, "b")], is_async=kind == "async def")
    run = (lambda fails: asyncio.run(around(fails))) if kind == "async def" else around
    assert run(0) == "1-1-1"
    assert seen == ["in a 1-1-1", "in b 1-1-1", "task", "out b", "out a"]
    seen.clear()
    with pytest.raises(ValueError, match="no"):
        run(1)
    assert seen == ["in a 1-1-1", "in b 1-1-1", "task", "b saw no", "out b", "a saw no", "out a"]


def test_what_was_entered_is_left_when_a_later_one_cannot_be_entered():
    seen = []

    @contextmanager
    def broken(job):
        raise OSError("no pool")
        yield

    with pytest.raises(OSError, match="no pool"):
        surrounded(lambda: seen.append("task"), [noting(seen, "a"), broken], is_async=False)()
    assert seen == ["in a 1-1-1", "out a"]


def test_without_middleware_the_plan_holds_the_users_own_function():
    def nothing() -> None: ...

    task = make_task("t", nothing)
    assert Plan("t", task, None, 0, None).function is nothing
    assert Plan("t", task, None, 0, None, layers=[noting([], "a")]).function is not nothing


def test_declaring_twice_replaces_and_nonsense_is_refused():
    before = list(around_all)
    try:
        assert middleware(traced) is traced
        middleware(traced)
        assert around_all == [*before, traced]
    finally:
        around_all[:] = before
    with pytest.raises(TaskError, match="gives a context manager"):
        middleware(5)


def test_a_trace_goes_on_inside_the_task():
    with traced(current_job()):
        begun = tracing.current.get()
        assert begun is not None
    assert tracing.current.get() is None
