"""The group of all verbs."""

import os

import click

from engine.cli import dead_letters, doctor, encryption, flows, jobs, queues, schedules, workers
from engine.cli.target import Target


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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
    if url and path:
        raise click.UsageError("give -c FILE or --url, not both")
    if namespace and not url:
        raise click.UsageError("--namespace goes with --url; a config file names its own (redis.namespace)")
    context.obj = Target(path or os.environ.get("HERDSMAN_CONFIG") or "config.yaml", url, namespace)


for verb in (
    *jobs.VERBS,
    *queues.VERBS,
    *flows.VERBS,
    dead_letters.dlq,
    schedules.schedules,
    *workers.VERBS,
    *doctor.VERBS,
    *encryption.VERBS,
):
    cli.add_command(verb)
