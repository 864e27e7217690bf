import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any, cast

import msgspec
import pytest

from engine import AsyncClient, JobState
from engine.errors import StoreDown
from gateway.errors import ApiError
from gateway.streams import Seen, Streams

ID = "1-1700000000000-1"


def streams(client: Any, **said: Any) -> Streams:
    return Streams(cast("AsyncClient", client), **{"every": 0.001, **said})


async def heard(life: AsyncGenerator[Seen | None, None]) -> Seen:
    """The next reading, however many heartbeats come first."""
    async with asyncio.timeout(10):
        async for seen in life:
            if seen is not None:
                return seen
    raise AssertionError("it ended")


def test_whoever_follows_sees_what_is_and_then_each_change(client: Any, a_job: Any) -> None:
    async def life() -> None:
        client.jobs_by_id[ID] = a_job(id=ID, state=JobState.PENDING)
        async with contextlib.aclosing(streams(client).follow(ID, 0.05)) as following:
            assert (await heard(following)).job.state == JobState.PENDING
            client.jobs_by_id[ID] = a_job(id=ID, state=JobState.PROCESSING)
            seen = await heard(following)
            assert seen.job.state == JobState.PROCESSING
            assert seen.log is not None

    asyncio.run(life())


def test_while_nothing_changes_there_is_a_sign_of_life(client: Any, a_job: Any) -> None:
    async def life() -> None:
        client.jobs_by_id[ID] = a_job(id=ID)
        async with contextlib.aclosing(streams(client).follow(ID, 0.02)) as following:
            await heard(following)
            assert await anext(following) is None

    asyncio.run(life())


def test_an_end_is_looked_at_when_it_is_told_not_at_the_next_turn(client: Any, a_job: Any) -> None:
    async def life() -> None:
        client.jobs_by_id[ID] = a_job(id=ID, state=JobState.PENDING)
        async with contextlib.aclosing(streams(client, every=3600.0).follow(ID, 0.05)) as following:
            await heard(following)
            client.jobs_by_id[ID] = a_job(id=ID)
            client.end_told.set()
            assert (await heard(following)).job.state == JobState.COMPLETED

    asyncio.run(life())


def test_a_store_that_goes_away_ends_no_stream(client: Any, a_job: Any) -> None:
    async def life() -> None:
        client.jobs_by_id[ID] = a_job(id=ID, state=JobState.PENDING)
        client.refuse = StoreDown("away")
        async with contextlib.aclosing(streams(client).follow(ID, 0.02)) as following:
            assert await anext(following) is None
            client.refuse = None
            assert (await heard(following)).job.id == ID

    asyncio.run(life())


def test_many_who_follow_one_job_are_one_reading(client: Any, a_job: Any) -> None:
    async def life() -> None:
        client.jobs_by_id[ID] = a_job(id=ID)
        at = streams(client, every=3600.0)
        async with contextlib.AsyncExitStack() as stack:
            every = [await stack.enter_async_context(contextlib.aclosing(at.follow(ID, 5.0))) for _ in range(5)]
            found = await asyncio.gather(*map(heard, every))
            assert len({id(seen) for seen in found}) == 1

    asyncio.run(life())


def test_a_gateway_that_closes_ends_them_all(client: Any, a_job: Any) -> None:
    async def life() -> None:
        client.jobs_by_id[ID] = a_job(id=ID)
        at = streams(client)
        following = at.follow(ID, 60.0)
        await heard(following)
        asyncio.get_running_loop().call_soon(at.close)
        with pytest.raises(StopAsyncIteration):
            await anext(following)

    asyncio.run(life())


def test_their_number_is_bounded(client: Any) -> None:
    async def life() -> None:
        at = streams(client, most=1)
        async with at.place():
            assert at.open == 1
            with pytest.raises(ApiError, match="1 streams are open already") as caught:
                at.check_room()
            assert caught.value.status == 503
        assert at.open == 0
        at.check_room()

    asyncio.run(life())


def test_a_job_that_has_ended_is_told_and_the_answer_ends(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id[ID] = a_job(id=ID)
    answer = http.get(f"/tasks/{ID}/events")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: end\n" in answer.text
    assert msgspec.json.decode(answer.text.rpartition("data: ")[2].strip())["id"] == ID


def test_a_client_that_has_heard_the_end_is_told_not_to_come_again(http: Any, client: Any, a_job: Any) -> None:
    client.jobs_by_id[ID] = a_job(id=ID)
    answer = http.request("GET", f"/tasks/{ID}/events", headers={"Last-Event-ID": "2.0.end"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_there_is_nothing_to_follow_of_a_job_that_never_was(http: Any) -> None:
    assert http.get(f"/tasks/{ID}/events").status_code == 404
