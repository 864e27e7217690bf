"""`check`: what is wrong with the config file."""

from pathlib import Path

import click

from supervisor.asking import load_or_exit


@click.command()
@click.pass_obj
def check(path: Path) -> None:
    """Check the config file, and say everything that is wrong with it."""
    config = load_or_exit(path)
    workers = sum(pool.instances for pool in config.pools)
    click.echo(f"{path} is good: {len(config.pools)} pools, {workers} workers, {len(config.programs)} programs")
