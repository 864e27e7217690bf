"""`upgrade`: another release of the supervisor in the same process, while jobs run on."""

import time
from pathlib import Path
from typing import Any

import click

from supervisor.shell.asking import FAILED, ask, fail, say_json
from supervisor.terminal.options import json_option

_WITHIN_S = 120.0
_PAUSE_S = 0.1


@click.command()
@click.option("--no-wait", is_flag=True, help="Return at once.")
@json_option
@click.pass_obj
def upgrade(path: Path, no_wait: bool, *, as_json: bool) -> None:
    """Execute the supervisor anew, in place (as SIGUSR2 does): its pid, its children and their jobs stay."""
    before = ask(path, "upgrade", {"ask": False})["count"]
    said = ask(path, "upgrade")
    if no_wait:
        _tell("upgrading", said, as_json=as_json)
        return
    until = time.monotonic() + _WITHIN_S
    while said["count"] == before:
        if said["state"] == "idle":
            fail(f"not upgraded, all goes on as before: {said['error']}", FAILED)
        if time.monotonic() > until:
            fail("not upgraded yet; `status` shows how far it is", FAILED)
        time.sleep(_PAUSE_S)
        said = ask(path, "upgrade", {"ask": False})
    _tell("upgraded: the same process, the release on the disk, no child was touched", said, as_json=as_json)


def _tell(text: str, said: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(said)
    else:
        click.echo(text)
