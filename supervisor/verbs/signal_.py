"""`signal`: send a signal to a pool or program."""

from pathlib import Path

import click

from supervisor.shell.asking import FAILED, ask, fail, say_json
from supervisor.shell.naming import name_argument
from supervisor.terminal.options import json_option


def _signals(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    names = ("HUP", "INT", "QUIT", "USR1", "USR2", "TERM", "CONT", "TSTP", "KILL")
    return [name for name in names if name.startswith(typed.upper())]


@click.command()
@name_argument("name")
@click.argument("signal", metavar="SIG", shell_complete=_signals)
@json_option
@click.pass_obj
def signal_(path: Path, name: str, signal: str, *, as_json: bool) -> None:
    """Send SIG (HUP, SIGUSR1, 10) to every process of the pool or program NAME, or to one (web.1).

    KILL and TERM to a worker are not charged to it or to its job; another one follows.
    """
    answer = ask(path, "signal", {"name": name, "signal": signal})
    if not answer["heard"]:
        fail(f"{name}: no process is there to get {answer['signal']}", FAILED)
    if as_json:
        say_json(answer)
        return
    click.echo(f"{answer['signal']} sent to {', '.join(answer['heard'])}")
