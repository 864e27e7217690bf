"""`reload`: new code and config without a gap."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say
from supervisor.shell.awaiting import may_wait, wait


@click.command()
@click.argument("pool", required=False)
@may_wait
@click.pass_obj
def reload(path: Path, pool: str | None, no_wait: bool, timeout: float | None) -> None:
    """Replace the workers of POOL (of all without it) by ones with the code and config as they are now.

    One new worker has to finish some jobs first. Exit status 1: it was rolled back, and the old ones work on.
    """
    answer = ask(path, "reload", {"name": pool})
    say("reloading", answer)
    if not no_wait:
        wait(path, answer["rollouts"], timeout)
