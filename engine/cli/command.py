"""The group of all verbs. A verb is imported when it is asked for, so that `--help` and completion are quick."""

import os
from importlib import import_module

import click

from engine.cli.target import Target
from engine.cli.terminal.options import no_colour

HOMES = {
    "cancel": "jobs",
    "close": "queues",
    "dlq": "dead_letters",
    "doctor": "doctor",
    "drain": "drain",
    "enqueue": "jobs",
    "flows": "flows",
    "jobs": "jobs",
    "keys": "encryption",
    "log": "jobs",
    "open": "queues",
    "pause": "queues",
    "purge": "drain",
    "queues": "queues",
    "resume": "queues",
    "schedules": "schedules",
    "show": "jobs",
    "why": "jobs",
    "workers": "workers",
}
"""Verb -> the module beside this one that holds it; where its name is taken there it bears an underscore: `open_`."""


class Verbs(click.Group):
    """Finds each verb when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Answer the names of all verbs."""
        del ctx
        return list(HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Answer one verb, None when there is none of that name."""
        del ctx
        home = HOMES.get(cmd_name)
        if home is None:
            return None
        module = import_module(f"engine.cli.{home}")
        found: click.Command = getattr(module, f"{cmd_name}_", None) or getattr(module, cmd_name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Answer the verb that a command line names; a slip is told with the nearest."""
        name = args[0]
        if name not in HOMES and not ctx.resilient_parsing and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name[:80], HOMES, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    "path",
    metavar="FILE",
    help="The config file that names the store. [default: $HERDSMAN_CONFIG, or config.yaml]",
)
@click.option("--url", help="The store itself, in place of a config file: redis://…, rediss://…, unix:///….")
@click.option("--namespace", metavar="NAME", help="Only with --url.  [default: default]")
@click.pass_context
def cli(context: click.Context, path: str | None, url: str | None, namespace: str | None) -> None:
    """Look at jobs, queues and dead letters, and change what becomes of them.

    Exit status: 0 done, 1 failed, 2 wrong usage or config, 3 the store cannot be reached.
    """
    context.color = no_colour()
    if url and path:
        raise click.UsageError("give -c FILE or --url, not both")
    if namespace and not url:
        raise click.UsageError("--namespace goes with --url; a config file names its own (redis.namespace)")
    context.obj = Target(path or os.environ.get("HERDSMAN_CONFIG") or "config.yaml", url, namespace)
