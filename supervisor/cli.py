"""The command line. Everything heavy is imported by the command that needs it, so that `--help` is quick."""

import os
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

from supervisor import verbs
from supervisor.shell.ending import FAILED, USAGE, fail, load_or_exit
from supervisor.shell.start import start


class Verbs(click.Group):
    """Finds each verb in the module of its name, when it is asked for.

    A name that Python or its library has taken bears an underscore there: `signal` stands in signal_.py.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Answer the names of all verbs."""
        del ctx
        return sorted(_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Answer one verb, None when there is none of that name."""
        del ctx
        module = _modules().get(cmd_name)
        if module is None:
            return None
        found: click.Command = getattr(import_module(f"{verbs.__name__}.{module}"), module)
        return found


def _modules() -> dict[str, str]:
    return {found.name.rstrip("_").replace("_", "-"): found.name for found in iter_modules(verbs.__path__)}


@click.group(cls=Verbs, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    "path",
    default="config.yaml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The config file.",
)
@click.option("-d", "--daemon", is_flag=True, help="Run in the background; returns when all workers run, or why not.")
@click.option("--wait", default="2m", show_default=True, help="With -d: how long it may take; 0: do not wait.")
@click.pass_context
def cli(context: click.Context, path: Path, daemon: bool, wait: str) -> None:
    """Keep a herd of worker processes alive. Without a command: run in the foreground until told to stop."""
    # Here the file itself is meant, even where a supervisor started us with a copy of what it has applied.
    os.environ.pop("HERDSMAN_CONFIG_SNAPSHOT", None)
    context.obj = path
    if daemon and context.invoked_subcommand is not None:
        raise click.UsageError("-d starts a supervisor, so it goes with no command")
    if context.invoked_subcommand is None:
        context.exit(_start_daemon(path, wait) if daemon else start(path))


def _start_daemon(path: Path, wait: str) -> int:
    from config import ConfigError, Places, units
    from supervisor.outside import daemon

    try:
        seconds = units.duration(wait)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--wait") from None
    config = load_or_exit(path)
    places = Places(config.data_dir)
    try:
        places.prepare()
        started = daemon.start(config.path, places, seconds)
    except ConfigError as error:
        fail(str(error), USAGE)
    except OSError as error:
        fail(f"no supervisor could be started in the background: {error}", FAILED)
    click.echo(started.text, err=started.status != 0)
    return started.status
