"""Workers: who is alive."""

import click

from engine.cli.output import age, json_option, say_json, table
from engine.cli.target import Target


@click.command()
@json_option
@click.pass_obj
def workers(target: Target, /, *, as_json: bool) -> None:
    """Who is alive, on which host, doing what, since when."""
    with target.client() as client:
        found = client.workers()
    if as_json:
        say_json(found)
        return
    rows = [
        (w.host, w.pool, w.slot, w.pid, w.state, w.type, w.job, age(w.since), w.jobs_done, age(w.beat_at))
        for w in found
    ]
    click.echo(table(("host", "pool", "slot", "pid", "state", "type", "job", "since", "done", "heard"), rows))


VERBS = (workers,)
