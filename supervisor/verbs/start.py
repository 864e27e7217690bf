"""`start`: start a pool or a program again."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say


@click.command()
@click.argument("name", required=False)
@click.pass_obj
def start(path: Path, name: str | None) -> None:
    """Start a pool or a program again."""
    say("starting", ask(path, "start", {"name": name}))
