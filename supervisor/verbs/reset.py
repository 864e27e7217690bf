"""`reset`: count restarts from nought again."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, tell
from supervisor.shell.naming import name_argument
from supervisor.terminal.options import json_option


@click.command()
@name_argument("name", required=False)
@json_option
@click.pass_obj
def reset(path: Path, name: str | None, *, as_json: bool) -> None:
    """Count the shown restarts of a pool or program (of all without NAME) from nought again.

    The counters of the metrics go on: they never go back.
    """
    tell("counting anew:", ask(path, "reset", {"name": name}), as_json=as_json)
