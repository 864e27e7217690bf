"""`restart`: replace workers, each after its successor has come."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say
from supervisor.shell.awaiting import may_wait, wait


@click.command()
@click.argument("name", required=False)
@may_wait
@click.pass_obj
def restart(path: Path, name: str | None, no_wait: bool, timeout: float | None) -> None:
    """Replace the workers of a pool (of all without NAME) by ones with the code as it is now, without a canary."""
    answer = ask(path, "restart", {"name": name})
    say("restarting", answer)
    if not no_wait:
        wait(path, answer["rollouts"], timeout)
