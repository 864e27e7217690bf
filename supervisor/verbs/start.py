"""`start`: start a pool or a program again."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, tell
from supervisor.shell.naming import name_argument
from supervisor.terminal.options import json_option


@click.command()
@name_argument("name", required=False)
@json_option
@click.pass_obj
def start(path: Path, name: str | None, *, as_json: bool) -> None:
    """Start a pool or a program again."""
    tell("starting", ask(path, "start", {"name": name}), as_json=as_json)
