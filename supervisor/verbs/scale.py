"""`scale`: how many workers a pool has."""

from pathlib import Path

import click

from supervisor.asking import ask


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("pool")
@click.argument("count")
@click.pass_obj
def scale(path: Path, pool: str, count: str) -> None:
    """Set how many workers POOL has: N, +N or -N."""
    answer = ask(path, "scale", {"name": pool, "count": count})
    click.echo(f"{pool}: {answer['before']} -> {answer['desired']} workers")
