"""`reload`: new code and config without a gap."""

from pathlib import Path

import click

from supervisor.shell.asking import ask, say, say_json
from supervisor.shell.awaiting import may_wait, refuse_rolled_back, wait
from supervisor.shell.naming import pool_argument
from supervisor.terminal.options import json_option


@click.command()
@pool_argument("pool", required=False)
@may_wait
@json_option
@click.pass_obj
def reload(path: Path, pool: str | None, no_wait: bool, timeout: float | None, *, as_json: bool) -> None:
    """Replace the workers of POOL (of all without it) by ones with the code and config as they are now.

    One new worker has to finish some jobs first. Exit status 1: it was rolled back, and the old ones work on.
    """
    answer = ask(path, "reload", {"name": pool})
    if not as_json:
        say("reloading", answer, "there is no pool that is not stopped")
    ended = [] if no_wait else wait(path, answer["rollouts"], timeout)
    if as_json:
        say_json({**answer, "rollouts": ended or answer["rollouts"]})
    refuse_rolled_back(ended)
