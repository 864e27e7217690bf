"""`status`: what is alive and what it does."""

import json
from pathlib import Path

import click

from supervisor.shell.asking import FAILED, NOT_RUNNING, ask, ask_at, fail, places
from supervisor.terminal.options import Looking, state, table_options, watch_option


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON (docs/status.md).")
@click.option("--socket", type=click.Path(path_type=Path), help="Ask there (control.read_only); no config is read.")
@watch_option
@table_options
@click.pass_obj
def status(path: Path, as_json: bool, socket: Path | None, watch: float | None, looking: Looking) -> None:
    """Show what is alive and what it does."""
    from supervisor.outside import client
    from supervisor.shell.render import render
    from supervisor.terminal.table import UnknownColumnError
    from supervisor.terminal.watching import show

    first = ask_at(socket, "status") if socket else ask(path, "status")
    at = socket or places(path).control_socket
    answers = iter([first])

    def picture() -> str:
        answer = next(answers, None) or client.ask(at, "status")
        if as_json:
            return json.dumps(answer, indent=2 if watch is None else None)
        return render(answer, looking(), state)

    try:
        show(picture, watch, lines=as_json, weather=(client.NotRunningError, client.RefusedError))
    except UnknownColumnError as error:
        raise click.BadParameter(str(error), param_hint="--columns") from None
    except client.NotRunningError as error:
        fail(str(error), NOT_RUNNING)
    except client.RefusedError as error:
        fail(str(error), FAILED)
