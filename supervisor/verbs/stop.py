"""`stop`: drain a pool, or stop a program."""

from pathlib import Path
from typing import Any

import click

from supervisor.shell.asking import ask, places, say, say_json
from supervisor.shell.naming import name_argument
from supervisor.terminal.options import json_option

_LEAVING = frozenset({"STARTING", "RUNNING", "DRAINING"})


@click.command()
@name_argument("name", required=False)
@click.option("--no-wait", is_flag=True, help="Return at once.")
@json_option
@click.pass_obj
def stop(path: Path, name: str | None, no_wait: bool, *, as_json: bool) -> None:
    """Drain the workers of a pool (of all without NAME), or stop a program; show whom it waits for."""
    answer = ask(path, "stop", {"name": name})
    if not as_json:
        say("stopping", answer)
    waits = bool(not no_wait and (answer["pools"] or answer["programs"]))
    if waits:
        _wait(places(path).control_socket, answer["pools"], answer["programs"])
    if as_json:
        say_json({**answer, "stopped": waits})
    elif waits:
        click.echo("stopped")


def is_over(status: dict[str, Any], pools: list[str], programs: list[str]) -> bool:
    """Tell whether nothing of these is left, or somebody wants them again. Pure."""
    mine = [pool for pool in status["pools"] if pool["name"] in pools and pool["stopped"]]
    left = [worker for pool in mine for worker in pool["workers"] if worker["state"] in _LEAVING]
    services = [one for one in status["programs"] if one["name"] in programs]
    return not left and not any(one["state"] == "DRAINING" for one in services)


def _wait(socket: Path, pools: list[str], programs: list[str]) -> None:
    from supervisor.outside import client
    from supervisor.shell.waiting import until

    seen: dict[str, Any] = {}

    def gone() -> bool:
        try:
            seen.update(client.ask(socket, "status"))
        except client.NotRunningError:
            return True
        return is_over(seen, pools, programs)

    until(
        gone,
        lambda: [row for row in seen["draining"] if row["pool"] in pools],
        "it stops all the same; `status` shows how far it is",
    )
