"""`signal`: send a signal to a pool or program."""

from pathlib import Path

import click

from supervisor.shell.asking import FAILED, ask, fail


@click.command()
@click.argument("name")
@click.argument("signal", metavar="SIG")
@click.pass_obj
def signal_(path: Path, name: str, signal: str) -> None:
    """Send SIG (HUP, SIGUSR1, 10) to every process of the pool or program NAME, or to one (web.1).

    KILL and TERM to a worker are not charged to it or to its job; another one follows.
    """
    answer = ask(path, "signal", {"name": name, "signal": signal})
    if not answer["heard"]:
        fail(f"{name}: no process is there to get {answer['signal']}", FAILED)
    click.echo(f"{answer['signal']} sent to {', '.join(answer['heard'])}")
