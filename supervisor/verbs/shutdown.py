"""`shutdown`: drain, stop everything, wait until it is done."""

import os
import select
from pathlib import Path

import click

from supervisor.asking import ask


@click.command()
@click.option("--no-wait", is_flag=True, help="Return at once.")
@click.pass_obj
def shutdown(path: Path, no_wait: bool) -> None:
    """Drain, stop everything, and wait until it is done. A second time: kill now."""
    # Taken before it is asked: afterwards the number could be somebody else's already.
    pidfd = os.pidfd_open(ask(path, "ping")["pid"])
    ask(path, "shutdown")
    if not no_wait:
        select.select([pidfd], [], [])
    click.echo("stopping" if no_wait else "stopped")
