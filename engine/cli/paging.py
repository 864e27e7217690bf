"""As many jobs of a listing as were asked for, page by page."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.jobs.job import Job, Page


def gather(limit: int, ask: "Callable[[int, str | None], Page]") -> "tuple[list[Job], bool]":
    """The first `limit` jobs, and whether there are more; `ask` is given how many are wanted and the cursor."""
    found: list[Job] = []
    cursor: str | None = ""
    while cursor is not None and len(found) < limit:
        page = ask(limit - len(found), cursor)
        found += page.jobs
        cursor = page.cursor
    return found, cursor is not None


def say_cut(limit: int, *, more: bool) -> None:
    """Tell a person that there are more than are shown."""
    if more:
        click.echo(f"only the first {limit} are shown (--limit)", err=True)
