"""Workers: who is alive."""

from typing import TYPE_CHECKING

import click

from engine.cli.output import age, picture, table_text
from engine.cli.target import Target, weather
from engine.cli.terminal.options import Looking, json_option, table_options, watch_option
from engine.cli.terminal.watching import show

if TYPE_CHECKING:
    from engine.jobs.job import WorkerInfo

_HEADS = ("host", "pool", "slot", "pid", "state", "type", "job", "since", "done", "heard")
_DROP = ("heard", "done", "pid", "since", "job", "host")


@click.command()
@watch_option
@table_options
@json_option
@click.pass_obj
def workers(target: Target, /, *, watch: float | None, looking: Looking, as_json: bool) -> None:
    """Who is alive, on which host, doing what, since when."""

    def text(found: "list[WorkerInfo]") -> str:
        rows = [
            (w.host, w.pool, w.slot, w.pid, w.state, w.type, w.job, age(w.since), w.jobs_done, age(w.beat_at))
            for w in found
        ]
        return table_text(_HEADS, rows, looking, right=("slot", "pid", "since", "done", "heard"), drop=_DROP)

    with target.client() as client:
        draw = picture(client.workers, text, as_json=as_json, lines=watch is not None)
        show(draw, watch, lines=as_json, weather=weather())
