"""doctor: what the store's settings can lose."""

import textwrap

import click

from engine.cli.output import say_json
from engine.cli.target import FAILED, Target
from engine.cli.terminal.options import json_option


@click.command()
@json_option
@click.pass_obj
def doctor(target: Target, /, *, as_json: bool) -> None:
    """Say what the store's settings and state can do to the jobs in it; status 1 when some may be lost."""
    with target.client() as client:
        found = client.doctor()
    if as_json:
        say_json(found)
    else:
        click.echo(found.headline)
        for one in found.findings:
            click.echo(f"\n{one.level}: {one.what}")
            for text in filter(None, (one.why, one.todo and f"-> {one.todo}")):
                click.echo(textwrap.indent(textwrap.fill(text, 100), "    "))
    if found.at_risk:
        raise SystemExit(FAILED)
