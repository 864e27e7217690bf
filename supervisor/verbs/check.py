"""`check`: what is wrong with the config file."""

from pathlib import Path

import click

from config import Places
from supervisor.outside import client
from supervisor.shell.asking import USAGE, fail, load_or_exit, say_json
from supervisor.terminal.options import json_option


@click.command()
@json_option
@click.pass_obj
def check(path: Path, *, as_json: bool) -> None:
    """Check the config file, and say everything that is wrong with it."""
    from config import ConfigError
    from supervisor.services.host_check import refuse_misfits

    config = load_or_exit(path)
    try:
        refuse_misfits(config)
    except ConfigError as error:
        fail(str(error), USAGE)
    workers = sum(pool.instances for pool in config.pools)
    counts = {"pools": len(config.pools), "workers": workers, "programs": len(config.programs)}
    differs = _differences(Places(config.data_dir).control_socket)
    if as_json:
        say_json({"file": str(path), **counts, "differs": differs})
        return
    click.echo(f"{path} is good: {', '.join(f'{count} {name}' for name, count in counts.items())}")
    if differs:
        click.echo(f"it differs from what runs in {differs} places: `apply --dry-run` shows them")


def _differences(socket: Path) -> int | None:
    """How many, between the file and what runs; None when nothing runs."""
    try:
        return len(client.ask(socket, "apply", {"dry_run": True})["changes"])
    except (client.NotRunningError, client.RefusedError):
        return None
