"""`reset`: count restarts from nought again."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say


@click.command()
@click.argument("name", required=False)
@click.pass_obj
def reset(path: Path, name: str | None) -> None:
    """Count the shown restarts of a pool or program (of all without NAME) from nought again.

    The counters of the metrics go on: they never go back.
    """
    say("counting anew:", ask(path, "reset", {"name": name}))
