"""`shutdown`: drain, stop everything, wait until it is done."""

import os
import select
from pathlib import Path

import click

from supervisor import client
from supervisor.asking import ask, places


@click.command()
@click.option("--no-wait", is_flag=True, help="Return at once.")
@click.pass_obj
def shutdown(path: Path, no_wait: bool) -> None:
    """Drain, stop everything, and wait until it is done. A second time: kill now."""
    # Taken before it is asked: afterwards the number could be somebody else's already.
    ask(path, "ping")
    pid = client.listener_pid(places(path).control_socket)
    pidfd = os.pidfd_open(pid) if pid else -1
    ask(path, "shutdown")
    if no_wait or pidfd < 0:  # in another container: who cannot see it cannot wait for it
        click.echo("stopping")
        return
    select.select([pidfd], [], [])
    click.echo("stopped")
