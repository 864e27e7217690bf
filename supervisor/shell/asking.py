"""What the verbs of the command line share: read the file, ask the running supervisor, end with the right status."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from supervisor.shell.ending import FAILED, NOT_RUNNING, USAGE, fail, load_or_exit

__all__ = [
    "FAILED",
    "NOT_RUNNING",
    "USAGE",
    "ask",
    "ask_at",
    "fail",
    "how_to_start",
    "load_or_exit",
    "places",
    "say",
    "say_json",
    "tell",
]

if TYPE_CHECKING:
    from config import Places


def places(path: Path) -> "Places":
    """Answer where the supervisor of this config keeps its files, also while the file has other problems."""
    from config import ConfigError, Places, data_dir

    try:
        return Places(data_dir(path))
    except ConfigError as error:
        fail(str(error), USAGE)


def ask(path: Path, verb: str, args: dict[str, Any] | None = None) -> Any:
    """Ask the running supervisor; status 3 when there is none (2 when the file is not good), 1 when it refuses."""
    return ask_at(places(path).control_socket, verb, args, path=path)


def ask_at(socket: Path, verb: str, args: dict[str, Any] | None = None, *, path: Path | None = None) -> Any:
    """Ask at a socket; status 3 when nobody listens there (2 when the file at `path` is bad), 1 when it refuses."""
    from supervisor.outside import client

    try:
        return client.ask(socket, verb, args)
    except client.NotRunningError as error:
        if path is not None:
            load_or_exit(path)
        fail(f"{error}{how_to_start(path)}", NOT_RUNNING)
    except client.RefusedError as error:
        fail(str(error), FAILED)


def how_to_start(path: Path | None) -> str:
    """Answer the next command for somebody who found nobody running. Pure."""
    return "" if path is None else f"; start it: herdsman -c {path} -d"


def say(doing: str, answer: dict[str, list[str]], nobody: str = "there are no pools") -> None:
    """Say what is being done to whom, and what should be known about that; `nobody` is why it is done to no one."""
    names = [*answer["pools"], *answer["programs"]]
    click.echo(f"{doing} {', '.join(names) or f'nothing: {nobody}'}")
    for warning in answer.get("warnings", []):
        click.echo(f"note: {warning}", err=True)


def tell(doing: str, answer: dict[str, Any], *, as_json: bool) -> None:
    """Say it for people or for programs."""
    if as_json:
        say_json(answer)
    else:
        say(doing, answer)


def say_json(answer: dict[str, Any]) -> None:
    """Say it for a program: one document."""
    click.echo(json.dumps({"schema": 1, **answer}, indent=2))
