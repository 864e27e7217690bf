"""The command line. Everything heavy is imported by the command that needs it, so that `--help` is quick."""

import os
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

from supervisor import verbs
from supervisor.shell import elsewhere
from supervisor.shell.ending import FAILED, USAGE, fail, load_or_exit
from supervisor.shell.start import start
from supervisor.terminal.options import no_colour


class Verbs(click.Group):
    """Finds each verb in the module of its name, when it is asked for; those of our other programs are known by name.

    A name that Python or its library has taken bears an underscore there: `signal` stands in signal_.py.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Answer the names of all verbs."""
        del ctx
        return sorted({*_modules(), *elsewhere.ENGINE, *elsewhere.PARTS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Answer one verb, None when there is none of that name."""
        del ctx
        module = _modules().get(cmd_name)
        if module is None:
            return _elsewhere(cmd_name)
        found: click.Command = getattr(import_module(f"{verbs.__name__}.{module}"), module)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Answer the verb that a command line names; a slip is told with the nearest."""
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and name not in self.list_commands(ctx):
            from config.nearest import nearest_of

            near = nearest_of(name, self.list_commands(ctx))
            hint = f" Did you mean {near!r}?" if near else ""
            raise click.UsageError(f"No such command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs in three parts: by whom they are carried out."""
        own = {name: self.get_command(ctx, name) for name in sorted(_modules())}
        parts: dict[str, dict[str, str]] = {
            "The herd (asks the supervisor that runs)": {
                name: command.get_short_help_str(100) for name, command in own.items() if command
            },
            "Jobs and queues (asks the store; --url URL in place of a config file)": dict(elsewhere.ENGINE),
            "One part by itself (a container each)": dict(elsewhere.PARTS),
        }
        for title, rows in parts.items():
            with formatter.section(title):
                formatter.write_dl(list(rows.items()))


def _elsewhere(name: str) -> click.Command | None:
    """A verb of another program: `__main__` hands it over, so that this stands for its name only."""
    told = {**elsewhere.ENGINE, **elsewhere.PARTS}.get(name)
    if told is None:
        return None

    @click.command(name, help=told, add_help_option=False)
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def misplaced(words: tuple[str, ...]) -> None:
        del words
        raise click.UsageError(f"before {name} only -c FILE may stand, or --url and --namespace")

    return misplaced


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
    """Keep a herd of worker processes alive. Without a command: run in the foreground until told to stop.

    Exit status: 0 done, 1 failed, 2 wrong usage or config, 3 not running or not reachable.
    """
    context.color = no_colour()
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
