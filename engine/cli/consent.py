"""What cannot be undone is shown first, and asked for."""

import sys
from typing import TYPE_CHECKING

import click

from engine.cli.output import age
from engine.cli.target import USAGE, fail
from engine.cli.terminal.table import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.jobs.job import Job

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Show how many and the first few, and stop.")


def ask_to_lose(question: str, count: int, first: "Sequence[Job]", *, dry_run: bool) -> bool:
    """Show the first few of `count` jobs on standard error; true: it was only for show.

    Returns false when somebody agrees; ends the command when nobody does, or there is no terminal to ask at.
    """
    if not dry_run:
        _need_a_terminal(question)
    if first:
        rows = [(job.id, job.queue, job.type, age(job.finished_at or job.enqueued_at)) for job in first]
        click.echo(table(("id", "queue", "type", "age"), rows), err=True)
    if count > len(first) > 0:
        click.echo(f"… and {count - len(first)} more", err=True)
    if not dry_run and not click.confirm(question, err=True):
        fail("nothing was changed")
    return dry_run


def _need_a_terminal(question: str) -> None:
    if not sys.stdin.isatty():
        fail(f"{question} There is no terminal to ask at: give --yes, or --dry-run to look", USAGE)
