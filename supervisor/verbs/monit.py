"""`monit`: the herd on a terminal screen."""

import sys
from pathlib import Path

import click

from supervisor.shell.asking import FAILED, USAGE, ask, fail, load_or_exit, places


@click.command()
@click.option("--read-only", is_flag=True, help="No key changes anything.")
@click.option("--ascii", "plain", is_flag=True, help="Lines of plain characters.")
@click.pass_obj
def monit(path: Path, *, read_only: bool, plain: bool) -> None:
    """Show pools, programs, queues and logs on one screen, with keys to scale, reload and restart."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # it draws on standard error
        fail("monit needs a terminal; `status --watch` goes into a pipe as well", USAGE)
    try:
        from supervisor.monit.screen import Monit
    except ModuleNotFoundError as error:
        fail(f"monit needs textual ({error}): pip install 'herdsman[tui]'", FAILED)
    from supervisor.monit.source import Source

    ask(path, "ping")  # told in the ordinary way when nobody runs
    source, config = Source(places(path).control_socket), str(load_or_exit(path).path)
    Monit(source, config, plain=plain, read_only=read_only).run()
