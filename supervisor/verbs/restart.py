"""`restart`: replace workers, each after its successor has come."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say


@click.command()
@click.argument("name", required=False)
@click.option("--no-wait", is_flag=True, help="Return as soon as it was asked for.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait so long at most.")
@click.pass_obj
def restart(path: Path, name: str | None, no_wait: bool, timeout: float | None) -> None:
    """Replace the workers of a pool (of all without NAME) by ones with the code as it is now, without a canary."""
    answer = ask(path, "restart", {"name": name})
    say("restarting", answer)
    if not no_wait:
        from supervisor.shell.awaiting import wait

        wait(path, answer["rollouts"], timeout)
