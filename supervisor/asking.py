"""What the verbs of the command line share: read the file, ask the running supervisor, end with the right status."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from config import Config, Places

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3


def load_or_exit(path: Path) -> "Config":
    """Answer the checked config; a bad one is told whole, with status 2."""
    from config import ConfigError, load

    try:
        return load(path)
    except ConfigError as error:
        fail(str(error), USAGE)


def places(path: Path) -> "Places":
    """Answer where the supervisor of this config keeps its files."""
    from config import Places

    return Places(load_or_exit(path).data_dir)


def ask(path: Path, verb: str, args: dict[str, Any] | None = None) -> Any:
    """Ask the running supervisor; status 3 when there is none, 1 when it refuses."""
    from supervisor import client

    try:
        return client.ask(places(path).control_socket, verb, args)
    except client.NotRunningError as error:
        fail(str(error), NOT_RUNNING)
    except client.RefusedError as error:
        fail(str(error), FAILED)


def say(doing: str, answer: dict[str, list[str]]) -> None:
    """Say what is being done to whom, and what should be known about that."""
    names = [*answer["pools"], *answer["programs"]]
    click.echo(f"{doing} {', '.join(names) or 'nothing: there are no pools'}")
    for warning in answer.get("warnings", []):
        click.echo(f"note: {warning}", err=True)


def fail(text: str, status: int) -> NoReturn:
    """Print why and exit with a status."""
    click.echo(text, err=True)
    sys.exit(status)
