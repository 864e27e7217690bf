"""`GET /tasks?q=…` and `POST /tasks/act`: one step of a search, of which few run at a time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from engine import AsyncClient, QueryError, SearchPage
from engine.dead.graveyard import clock
from engine.search.acting import Act, meant, moved, moves, until
from engine.search.parse import parse
from engine.search.query import Query, Term, Value
from gateway.errors import ApiError

AT_ONCE = 2
"""Steps of searches at the same time: they take this process's time, which all other requests need."""


class Acted(NamedTuple):
    """What was done to one chunk.

    Attributes:
        done: jobs. skipped: they match, but have gone on meanwhile, or came after the beginning.
        moment: epoch seconds by the store's clock; for the next chunk.
    """

    done: int
    skipped: int
    moment: float
    page: SearchPage


class Searches:
    """The searches of one gateway.

    Args:
        client: to the store.
    """

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._few = asyncio.Semaphore(AT_ONCE)

    async def step(
        self,
        text: str,
        within: dict[str, str | None],
        *,
        limit: int,
        cursor: str | None,
        brief: bool,
    ) -> SearchPage:
        """One page of the jobs that a query means, `within` those whose fields have these values (None: any).

        Raises:
            ApiError: 422: the query says nothing, or the cursor is none; `at` is the index of the character.
        """
        with _said():
            query = narrowed(parse(text), within)
            async with self._few:
                return await self._client.search(query, limit=limit, cursor=cursor, brief=brief)

    async def act(
        self, act: Act, text: str, queue: str | None, *, cursor: str | None, moment: float | None, limit: int
    ) -> Acted:
        """Do it to one chunk of the jobs that a query means, and that were there at a moment (None: now).

        Raises:
            ApiError: 422: as `step`; or the query means all there are without saying so.
        """
        if moment is None:
            moment = await self._client.ask(clock()) / 1000
        with _said():
            query = meant(act, narrowed(parse(text), {"queue": queue}))
            async with self._few:
                page = await self._client.search(query, limit=limit, cursor=cursor, brief=True)
                ids = until(page.jobs, moment)
                done = sum([moved(await self._client.run(call)) for call in moves(act, ids)])
        return Acted(done, len(page.jobs) - done, moment, page)


@contextmanager
def _said() -> Iterator[None]:
    """What is wrong with a query or a cursor, as an answer."""
    try:
        yield
    except QueryError as error:
        raise ApiError(422, f"q: {error}", more={"at": error.at}) from None
    except ValueError as error:
        raise ApiError(422, str(error)) from None


def narrowed(query: Query, within: dict[str, str | None]) -> Query:
    """The query, and that these fields have exactly these values; pure."""
    more = (
        Term(field=field, values=(Value(value, quoted=True),)) for field, value in within.items() if value is not None
    )
    return Query((*query.terms, *more))
