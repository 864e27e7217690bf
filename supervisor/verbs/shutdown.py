"""`shutdown`: drain, stop everything, wait until it is done."""

import os
import select
from functools import partial
from pathlib import Path
from typing import Any

import click

from supervisor.shell.asking import ask, places, say_json
from supervisor.terminal.options import json_option


@click.command()
@click.option("--no-wait", is_flag=True, help="Return at once.")
@json_option
@click.pass_obj
def shutdown(path: Path, no_wait: bool, *, as_json: bool) -> None:
    """Drain, stop everything, and wait until it is done. A second time: kill now."""
    from supervisor.outside import client
    from supervisor.shell.waiting import until

    # Taken before it is asked: afterwards the number could be somebody else's already.
    ask(path, "ping")
    pid = client.listener_pid(places(path).control_socket)
    pidfd = os.pidfd_open(pid) if pid else -1
    ask(path, "shutdown")
    waits = not no_wait and pidfd >= 0  # in another container: who cannot see it cannot wait for it
    if waits:
        until(
            lambda: bool(select.select([pidfd], [], [], 0)[0]),
            partial(_draining, places(path).control_socket),
            "it stops all the same; `shutdown` again kills what is left",
        )
    if as_json:
        say_json({"stopped": waits})
    else:
        click.echo("stopped" if waits else "stopping")


def _draining(socket: Path) -> list[dict[str, Any]]:
    from supervisor.outside import client

    try:
        rows: list[dict[str, Any]] = client.ask(socket, "status")["draining"]
    except (client.NotRunningError, client.RefusedError):
        return []  # it is about to be gone
    return rows
