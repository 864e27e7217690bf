"""`scale`: how many workers a pool has."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say_json
from supervisor.shell.naming import pool_argument
from supervisor.terminal.options import json_option


@click.command(context_settings={"ignore_unknown_options": True})
@pool_argument("pool")
@click.argument("count")
@json_option
@click.pass_obj
def scale(path: Path, pool: str, count: str, *, as_json: bool) -> None:
    """Set how many workers POOL has: N, +N, -N, max (one a CPU), or auto: let its queues decide again."""
    answer = ask(path, "scale", {"name": pool, "count": count})
    if as_json:
        say_json(answer)
        return
    if "warning" in answer:
        click.echo(f"warning: {answer['warning']}", err=True)
    click.echo(f"{pool}: {answer['before']} -> {answer['desired']} workers")
    if "note" in answer:
        click.echo(answer["note"])
