"""`restart`: replace workers, each after its successor has come."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say, say_json
from supervisor.shell.awaiting import may_wait, refuse_rolled_back, wait
from supervisor.shell.naming import name_argument
from supervisor.terminal.options import json_option


@click.command()
@name_argument("name", required=False)
@may_wait
@json_option
@click.pass_obj
def restart(path: Path, name: str | None, no_wait: bool, timeout: float | None, *, as_json: bool) -> None:
    """Replace the workers of a pool (of all without NAME) by ones with the code as it is now, without a canary."""
    answer = ask(path, "restart", {"name": name})
    if not as_json:
        say("restarting", answer)
    ended = [] if no_wait else wait(path, answer["rollouts"], timeout)
    if as_json:
        say_json({**answer, "rollouts": ended or answer["rollouts"]})
    refuse_rolled_back(ended)
