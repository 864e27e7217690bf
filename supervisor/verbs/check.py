"""`check`: what is wrong with the config file."""

from contextlib import suppress
from pathlib import Path

import click

from config import Places
from supervisor.outside import client
from supervisor.shell.asking import USAGE, fail, load_or_exit


@click.command()
@click.pass_obj
def check(path: Path) -> None:
    """Check the config file, and say everything that is wrong with it."""
    from config import ConfigError
    from supervisor.services.host_check import refuse_misfits

    config = load_or_exit(path)
    try:
        refuse_misfits(config)
    except ConfigError as error:
        fail(str(error), USAGE)
    workers = sum(pool.instances for pool in config.pools)
    click.echo(f"{path} is good: {len(config.pools)} pools, {workers} workers, {len(config.programs)} programs")
    with suppress(client.NotRunningError, client.RefusedError):
        found = client.ask(Places(config.data_dir).control_socket, "apply", {"dry_run": True})
        if found["changes"]:
            click.echo(f"it differs from what runs in {len(found['changes'])} places: `apply --dry-run` shows them")
