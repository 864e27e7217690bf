"""`GET /tasks?q=…`: one step of a search, of which few run at a time."""

import asyncio

from engine import AsyncClient, QueryError, SearchPage
from engine.search.parse import parse
from engine.search.query import Query, Term, Value
from gateway.errors import ApiError

AT_ONCE = 4
"""Steps of searches at the same time, so that other requests find connections to the store."""


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
        try:
            query = narrowed(parse(text), within)
            async with self._few:
                return await self._client.search(query, limit=limit, cursor=cursor, brief=brief)
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
