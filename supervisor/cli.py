"""The command line. Everything heavy is imported by the command that needs it, so that `--help` is quick."""

import json
import os
import select
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from config import Config, Places

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    "path",
    default="config.yaml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The config file.",
)
@click.pass_context
def cli(context: click.Context, path: Path) -> None:
    """Keep a herd of worker processes alive. Without a command: run in the foreground until told to stop."""
    context.obj = path
    if context.invoked_subcommand is None:
        context.exit(_run(path))


@cli.command()
@click.pass_obj
def check(path: Path) -> None:
    """Check the config file, and say everything that is wrong with it."""
    config = _load(path)
    workers = sum(pool.instances for pool in config.pools)
    click.echo(f"{path} is good: {len(config.pools)} pools, {workers} workers, {len(config.programs)} programs")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON (docs/status.md).")
@click.pass_obj
def status(path: Path, as_json: bool) -> None:
    """Show what is alive and what it does."""
    from supervisor.render import render

    answer = _ask(path, "status")
    click.echo(json.dumps(answer, indent=2) if as_json else render(answer))


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("pool")
@click.argument("count")
@click.pass_obj
def scale(path: Path, pool: str, count: str) -> None:
    """Set how many workers POOL has: N, +N or -N."""
    answer = _ask(path, "scale", {"name": pool, "count": count})
    click.echo(f"{pool}: {answer['before']} -> {answer['desired']} workers")


@cli.command()
@click.argument("name", required=False)
@click.pass_obj
def stop(path: Path, name: str | None) -> None:
    """Drain the workers of a pool (of all without NAME), or stop a program."""
    _say("stopping", _ask(path, "stop", {"name": name}))


@cli.command()
@click.argument("name", required=False)
@click.pass_obj
def start(path: Path, name: str | None) -> None:
    """Start a pool or a program again."""
    _say("starting", _ask(path, "start", {"name": name}))


@cli.command()
@click.argument("name", required=False)
@click.pass_obj
def restart(path: Path, name: str | None) -> None:
    """Replace the workers of a pool (of all without NAME) one after the other, by ones with the code as it is now."""
    _say("restarting", _ask(path, "restart", {"name": name}))


@cli.command()
@click.option("--no-wait", is_flag=True, help="Return at once.")
@click.pass_obj
def shutdown(path: Path, no_wait: bool) -> None:
    """Drain, stop everything, and wait until it is done. A second time: kill now."""
    # Taken before it is asked: afterwards the number could be somebody else's already.
    pidfd = os.pidfd_open(_ask(path, "ping")["pid"])
    _ask(path, "shutdown")
    if not no_wait:
        select.select([pidfd], [], [])
    click.echo("stopping" if no_wait else "stopped")


@cli.command()
@click.argument("name", required=False)
@click.option("-f", "--follow", "on", is_flag=True, help="Go on showing what is written.")
@click.option("--lines", default=50, show_default=True, type=click.IntRange(min=0), help="How many to begin with.")
@click.pass_obj
def logs(path: Path, name: str | None, on: bool, lines: int) -> None:
    """Show the log of NAME (a pool, a program, supervisor, gateway, janitor, store), or all of them."""
    from supervisor.tail import NoLogError, follow, last_lines

    config = _load(path)
    silent = {"supervisor", "gateway", "janitor", "store"}
    silent |= {pool.name for pool in config.pools} | {program.name for program in config.programs}
    folder = _places(path).logs_dir
    try:
        for line in last_lines(folder, name, lines, silent):
            click.echo(line)
        if on:
            for line in follow(folder, name, silent=silent):
                click.echo(line)
    except NoLogError as error:
        _fail(str(error), FAILED)
    except KeyboardInterrupt:
        return


def _run(path: Path) -> int:
    from config import ConfigError
    from supervisor.boot import BootError, run

    config = _load(path)
    # What the program was started with counts from here on by its absolute path, wherever a child stands.
    os.environ["HERDSMAN_CONFIG"] = str(config.path)
    try:
        return run(config)
    except ConfigError as error:
        _fail(str(error), USAGE)
    except BootError as error:
        _fail(str(error), FAILED)


def _load(path: Path) -> "Config":
    from config import ConfigError, load

    try:
        return load(path)
    except ConfigError as error:
        _fail(str(error), USAGE)


def _places(path: Path) -> "Places":
    from config import Places

    return Places(_load(path).data_dir)


def _ask(path: Path, verb: str, args: dict[str, Any] | None = None) -> Any:
    from supervisor.client import NotRunningError, RefusedError, ask

    try:
        return ask(_places(path).control_socket, verb, args)
    except NotRunningError as error:
        _fail(str(error), NOT_RUNNING)
    except RefusedError as error:
        _fail(str(error), FAILED)


def _say(doing: str, answer: dict[str, list[str]]) -> None:
    names = [*answer["pools"], *answer["programs"]]
    click.echo(f"{doing} {', '.join(names) or 'nothing: there are no pools'}")


def _fail(text: str, status: int) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(status)
