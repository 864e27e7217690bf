"""Keys for encrypted payloads: keys new."""

import click

from engine.cli.output import say_json
from engine.cli.terminal.options import json_option


@click.group()
def keys() -> None:
    """Keys that payloads and results are encrypted with."""


@keys.command()
@click.option("--id", "key_id", metavar="ID", help="What the key is called.  [default: today's date]")
@json_option
def new(key_id: str | None, *, as_json: bool) -> None:
    """Make a key and print it, for the config file's `encryption.keys`. It is kept nowhere else."""
    from datetime import UTC, datetime

    from engine.payloads.key_ring import check_id, new_key

    name, key = key_id or datetime.now(UTC).strftime("%Y-%m-%d"), new_key()
    try:
        check_id(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--id") from error
    if as_json:
        say_json({"id": name, "key": key})
    else:
        click.echo(f"id: {name}\nkey: {key}")
