"""`describe`: all that is known of one pool, program, worker or service."""

import json
from pathlib import Path

import click

from supervisor.shell.asking import ask, places
from supervisor.shell.naming import name_argument


@click.command()
@name_argument("name")
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON (docs/deaths.md).")
@click.option("--deaths", default=5, show_default=True, type=click.IntRange(min=0), help="How many of the last deaths.")
@click.pass_obj
def describe(path: Path, name: str, as_json: bool, deaths: int) -> None:
    """Show all that is known of NAME (a pool, a program, a worker, a service), its last deaths too."""
    from supervisor.deaths.death_file import merged, written
    from supervisor.deaths.describing import text

    told = ask(path, "describe", {"name": name})
    kept = merged(told["deaths"], written(places(path).deaths), name, deaths) if deaths else []
    told = {**told, "deaths": kept}
    click.echo(json.dumps(told, indent=2) if as_json else text(told))
