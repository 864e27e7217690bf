"""`status`: what is alive and what it does."""

import json
from pathlib import Path

import click

from supervisor.shell.asking import ask, ask_at


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON (docs/status.md).")
@click.option("--socket", type=click.Path(path_type=Path), help="Ask there (control.read_only); no config is read.")
@click.pass_obj
def status(path: Path, as_json: bool, socket: Path | None) -> None:
    """Show what is alive and what it does."""
    from supervisor.shell.render import render

    answer = ask_at(socket, "status") if socket else ask(path, "status")
    click.echo(json.dumps(answer, indent=2) if as_json else render(answer))
