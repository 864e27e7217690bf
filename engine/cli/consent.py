"""What cannot be undone is asked for twice."""

import sys

import click

from engine.cli.target import USAGE, fail

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


def confirm(question: str, *, yes: bool) -> None:
    """Returns when somebody agrees; without a terminal only `--yes` counts."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail(f"{question} There is no terminal to ask at: give --yes", USAGE)
    if not click.confirm(question, err=True):
        fail("nothing was changed")
