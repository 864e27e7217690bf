"""`reload`: new code and config without a gap."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say


@click.command()
@click.argument("pool", required=False)
@click.option("--no-wait", is_flag=True, help="Return as soon as it was asked for.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait so long at most.")
@click.pass_obj
def reload(path: Path, pool: str | None, no_wait: bool, timeout: float | None) -> None:
    """Replace the workers of POOL (of all without it) by ones with the code and config as they are now.

    One new worker has to finish some jobs first. Exit status 1: it was rolled back, and the old ones work on.
    """
    answer = ask(path, "reload", {"name": pool})
    say("reloading", answer)
    if not no_wait:
        from supervisor.shell.awaiting import wait

        wait(path, answer["rollouts"], timeout)
