"""`stop`: drain a pool, or stop a program."""

from pathlib import Path

import click

from supervisor.asking import ask, say


@click.command()
@click.argument("name", required=False)
@click.pass_obj
def stop(path: Path, name: str | None) -> None:
    """Drain the workers of a pool (of all without NAME), or stop a program."""
    say("stopping", ask(path, "stop", {"name": name}))
