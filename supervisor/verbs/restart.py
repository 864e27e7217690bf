"""`restart`: replace workers one after the other."""

from pathlib import Path

import click

from supervisor.asking import ask, say


@click.command()
@click.argument("name", required=False)
@click.pass_obj
def restart(path: Path, name: str | None) -> None:
    """Replace the workers of a pool (of all without NAME) one after the other, by ones with the code as it is now."""
    say("restarting", ask(path, "restart", {"name": name}))
