"""`jobs --match`: a search, step after step until there are enough, with how far it is on standard error."""

from typing import TYPE_CHECKING, Any

import click

from engine.cli.target import USAGE, fail
from engine.cli.terminal.progress import Progress

if TYPE_CHECKING:
    from engine.clients.client import Client
    from engine.jobs.job import Job
    from engine.search.page import SearchPage
    from engine.search.query import Query

_PAGE = 500  # jobs in one step


def read_query(text: str, within: dict[str, str | None]) -> "Query":
    """The query, and that these fields have exactly these values; one that says nothing ends the command."""
    from engine.search.parse import parse
    from engine.search.query import Query, QueryError, Term, Value

    try:
        query = parse(text)
    except QueryError as error:
        fail(f"--match: {error}\n{error.picture()}", USAGE)
    more = [Term(field=name, values=(Value(value, quoted=True),)) for name, value in within.items() if value]
    return Query((*query.terms, *more))


def look(client: "Client", query: "Query", limit: int) -> "tuple[list[Job], SearchPage]":
    """The first `limit` jobs that are meant, and the last page; Ctrl-C says how far it was."""
    found: list[Job] = []
    cursor: str | None = None
    with Progress("looked at", broken="nothing is changed by a search") as progress:
        while True:
            page = client.search(query, limit=min(_PAGE, limit - len(found)), cursor=cursor, brief=False)
            found += page.jobs
            cursor = page.cursor
            progress.at(page.looked_at, page.of)
            if cursor is None or len(found) >= limit:
                return found, page


def say_how(page: "SearchPage", limit: int) -> None:
    """Tell a person what was looked at, and what could not be."""
    of = f" of about {page.of:,}" if page.of is not None and page.of > page.looked_at else ""
    more = f"; only the first {limit} are shown (--limit)" if page.cursor is not None else ""
    click.echo(f"looked at {page.looked_at:,}{of}, {page.found:,} found ({page.method}){more}", err=True)
    for count, why in ((page.encrypted, "is encrypted"), (page.too_long, "has more than 64 KiB")):
        if count:
            click.echo(f"{count:,} of them not searched: what they carry {why}", err=True)


def as_answer(found: "list[Job]", page: "SearchPage") -> dict[str, Any]:
    """The same for a program. Pure."""
    said = {name: getattr(page, name) for name in ("method", "looked_at", "of", "found", "encrypted", "too_long")}
    return {"jobs": found, "more": page.cursor is not None, **said}
