"""Queues: queues, pause, resume, purge."""

import difflib
from typing import TYPE_CHECKING

import click

from engine.cli.consent import confirm, yes_option
from engine.cli.output import json_option, length, say_json, table
from engine.cli.target import Target, fail

if TYPE_CHECKING:
    from engine.client import Client
    from engine.job import QueueFigures


@click.command()
@json_option
@click.pass_obj
def queues(target: Target, /, *, as_json: bool) -> None:
    """How deep each queue is."""
    with target.client() as client:
        found = client.queues()
    if as_json:
        say_json(found)
        return
    rows = [
        (name, q.pending, q.scheduled, q.processing, q.dead, length(q.oldest), _notes(q))
        for name, q in sorted(found.items())
    ]
    click.echo(table(("queue", "pending", "scheduled", "processing", "dead", "oldest", ""), rows))


def _notes(figures: "QueueFigures") -> str:
    parked = f"{figures.parked} parked (paused, or known to no worker)" if figures.parked else ""
    return ", ".join(note for note in ("paused" if figures.paused else "", parked) if note)


type_option = click.option("--type", "of_type", is_flag=True, help="QUEUE is the name of a type instead.")


@click.command()
@click.argument("queue")
@type_option
@json_option
@click.pass_obj
def pause(target: Target, /, queue: str, *, of_type: bool, as_json: bool) -> None:
    """Let QUEUE take jobs and give none out; or start no job of a type."""
    with target.client() as client:
        if not of_type:
            known(client, queue)
        changed = client.pause_type(queue) if of_type else client.pause(queue)
    _say(queue, "paused", changed=changed, as_json=as_json)


@click.command()
@click.argument("queue")
@type_option
@json_option
@click.pass_obj
def resume(target: Target, /, queue: str, *, of_type: bool, as_json: bool) -> None:
    """Let QUEUE give jobs out again; or start jobs of a type again."""
    with target.client() as client:
        changed = client.resume_type(queue) if of_type else client.resume(queue)
        if not changed and not of_type:
            known(client, queue)
    _say(queue, "resumed", changed=changed, as_json=as_json)


def _say(queue: str, what: str, *, changed: bool, as_json: bool) -> None:
    if as_json:
        say_json({"queue": queue, "paused": what == "paused", "changed": changed})
    else:
        click.echo(f"{what} {queue}" if changed else f"{queue} was {what} already")


@click.command()
@click.argument("queue")
@yes_option
@json_option
@click.pass_obj
def purge(target: Target, /, queue: str, *, yes: bool, as_json: bool) -> None:
    """Cancel all that is pending in QUEUE."""
    with target.client() as client:
        pending = known(client, queue).pending
        if pending:
            confirm(f"Cancel {pending} pending jobs of {queue}?", yes=yes)
        count = client.purge(queue)
    if as_json:
        say_json({"queue": queue, "cancelled": count})
    else:
        click.echo(f"cancelled {count} jobs of {queue}")


def known(client: "Client", queue: str) -> "QueueFigures":
    """The queue's figures; a name that no job was ever put into is a slip, and ends the command."""
    found = client.queues()
    if queue not in found:
        near = difflib.get_close_matches(queue, found, n=1)
        fail(f"no job was ever put into a queue {queue!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
    return found[queue]


VERBS = (queues, pause, resume, purge)
