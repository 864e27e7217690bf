"""The command line. Everything heavy is imported by the command that needs it, so that `--help` is quick."""

import os
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

from supervisor import verbs
from supervisor.asking import FAILED, USAGE, fail, load_or_exit


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
@click.pass_context
def cli(context: click.Context, path: Path) -> None:
    """Keep a herd of worker processes alive. Without a command: run in the foreground until told to stop."""
    context.obj = path
    if context.invoked_subcommand is None:
        context.exit(_run(path))


def _run(path: Path) -> int:
    from config import ConfigError
    from supervisor.boot import BootError, run
    from supervisor.handover import HandoverError
    from supervisor.upgrade import resumed

    config = load_or_exit(path)
    # What the program was started with counts from here on by its absolute path, wherever a child stands.
    os.environ["HERDSMAN_CONFIG"] = str(config.path)
    try:
        return run(config, resumed())
    except ConfigError as error:
        fail(str(error), USAGE)
    except (BootError, HandoverError) as error:
        fail(str(error), FAILED)
