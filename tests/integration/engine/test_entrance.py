"""Jobs of many callers in one script, and whole batches."""

import asyncio
from typing import Any

import pytest

from engine import AsyncClient, NewJob, WorkerInfo
from engine.asking.questions import many
from engine.clients.engine import Engine
from engine.entrance.submit import Accepted
from engine.errors import NotDurable, PayloadError, QueueFull, StoreDown, UniqueConflict
from engine.queues.limits import QueueLimits

pytestmark = pytest.mark.store


def ask(store: Any, question: Any) -> Any:
    async def asked() -> Any:
        async with AsyncClient(store.url, timeout=2.0) as client:
            return await client.ask(question(client.entrance))

    return asyncio.run(asked())


def kinds(outcomes: list[Any]) -> list[str]:
    return [type(one).__name__ for one in outcomes]


def test_jobs_of_many_callers_are_in_as_if_they_had_come_alone(store: Any) -> None:
    jobs = [NewJob("a", n, queue="x" if n % 2 else "y") for n in range(6)]
    outcomes = ask(store, lambda entrance: entrance.accept_each(jobs))
    assert all(isinstance(one, Accepted) and one.new for one in outcomes)
    assert [job.data for job in ask(store, lambda _: _find([one.id for one in outcomes]))] == list(range(6))


def _find(ids: list[str]) -> Any:
    found = yield from many(ids)
    return [found[one] for one in ids]


def test_one_that_is_refused_does_not_spoil_the_others(store: Any) -> None:
    unique = NewJob("u", 1, unique={"on_conflict": "raise"})
    jobs = [NewJob("a", 1), NewJob("a", object()), unique, unique, NewJob("not a name"), NewJob("b", 2)]
    outcomes = ask(store, lambda entrance: entrance.accept_each(jobs))
    assert kinds(outcomes) == ["Accepted", "PayloadError", "Accepted", "UniqueConflict", "ValueError", "Accepted"]
    assert isinstance(outcomes[1], PayloadError)
    assert isinstance(outcomes[3], UniqueConflict)


def test_a_queue_that_is_full_takes_what_fits_and_others_are_not_touched(store: Any) -> None:
    _limited(store)
    jobs = [NewJob("a", n, queue="small") for n in range(3)] + [NewJob("a", 9, queue="other")]
    outcomes = ask(store, lambda entrance: entrance.accept_each(jobs))
    assert kinds(outcomes) == ["Accepted", "Accepted", "QueueFull", "Accepted"]


def _limited(store: Any) -> None:
    engine = Engine(store.url, "default", incarnation=7)
    info = WorkerInfo(incarnation="7", host="box", pid=1, pool="default", slot=0)
    engine.register(info, {"a": "default"}, {"small": QueueLimits(max_pending=2)})
    engine.close()


def test_a_batch_that_does_not_fit_is_refused_whole(store: Any) -> None:
    _limited(store)
    jobs = [NewJob("a", n, queue="small") for n in range(3)] + [NewJob("a", 9, queue="other")]
    with pytest.raises(QueueFull):
        ask(store, lambda entrance: entrance.accept_batch(jobs))
    assert sum(one.pending for one in _queues(store).values()) == 0


def _queues(store: Any) -> Any:
    async def read() -> Any:
        async with AsyncClient(store.url) as client:
            return await client.queues()

    return asyncio.run(read())


def test_a_batch_of_ten_thousand_is_one_script(store: Any) -> None:
    jobs = [NewJob("a", n) for n in range(10_000)]
    taken = ask(store, lambda entrance: entrance.accept_batch(jobs))
    assert len({one.split("-")[1] for one in taken.ids}) == 1  # one moment
    assert _queues(store)["default"].pending == 10_000


def test_a_durable_batch_is_refused_where_no_promise_can_be_kept(store: Any) -> None:
    with pytest.raises(NotDurable):
        ask(store, lambda entrance: entrance.accept_batch([NewJob("a"), NewJob("a", unique=True)], durable=True))
    assert _queues(store) == {}


def test_a_store_that_is_away_is_each_ones_outcome(store: Any) -> None:
    store.stop()
    outcomes = ask(store, lambda entrance: entrance.accept_each([NewJob("a"), NewJob("b", object()), NewJob("c")]))
    assert isinstance(outcomes[0], StoreDown)
    assert isinstance(outcomes[2], StoreDown)
    store.start()
