"""Queues: queues, pause, resume, close, open, drain, purge."""

import difflib
from typing import TYPE_CHECKING

import click

from engine.cli.consent import confirm, yes_option
from engine.cli.jobs import duration
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
        shut = set() if as_json else {*client.intake.closed()}
    if as_json:
        say_json(found)
        return
    rows = [
        (name, q.pending, q.scheduled, q.processing, q.dead, length(q.oldest), _notes(q, closed=name in shut))
        for name, q in sorted(found.items())
    ]
    click.echo(table(("queue", "pending", "scheduled", "processing", "dead", "oldest", ""), rows))


def _notes(figures: "QueueFigures", *, closed: bool) -> str:
    parked = f"{figures.parked} parked (paused, or known to no worker)" if figures.parked else ""
    return ", ".join(note for note in ("paused" if figures.paused else "", "closed" if closed else "", parked) if note)


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
@json_option
@click.pass_obj
def close(target: Target, /, queue: str, *, as_json: bool) -> None:
    """Let QUEUE refuse new jobs and give out those it has."""
    with target.client() as client:
        known(client, queue)
        _say_gate(queue, closed=True, changed=client.intake.close(queue), as_json=as_json)


@click.command(name="open")
@click.argument("queue")
@json_option
@click.pass_obj
def open_(target: Target, /, queue: str, *, as_json: bool) -> None:
    """Let QUEUE take new jobs again."""
    with target.client() as client:
        changed = client.intake.open(queue)
        if not changed:
            known(client, queue)
        _say_gate(queue, closed=False, changed=changed, as_json=as_json)


def _say_gate(queue: str, *, closed: bool, changed: bool, as_json: bool) -> None:
    said = "closed" if closed else "open"
    if as_json:
        say_json({"queue": queue, "closed": closed, "changed": changed})
    else:
        click.echo(f"{queue} is {said} {'now' if changed else 'already'}")


@click.command()
@click.argument("queue")
@click.option("--timeout", default="60s", show_default=True, help="Wait so long at most.")
@click.option("--scheduled", is_flag=True, help="Wait for jobs whose time has not come too.")
@json_option
@click.pass_obj
def drain(target: Target, /, queue: str, timeout: str, *, scheduled: bool, as_json: bool) -> None:
    """Close QUEUE to new jobs and wait until what is there has run; status 1 when that takes longer.

    It stays closed until `open QUEUE`.
    """
    import msgspec

    within = duration(timeout, "--timeout")
    with target.client() as client:
        known(client, queue)
        left = client.intake.drain(queue, within, scheduled=scheduled)
    if as_json:
        say_json({"queue": queue, "closed": True, **msgspec.structs.asdict(left)})
    elif left.done:
        later = f"; {left.scheduled} wait for their time" if left.scheduled else ""
        click.echo(f"{queue} is drained and closed{later}")
    if not left.done:
        text = f"{left.pending} pending, {left.processing} processing, {left.scheduled} scheduled"
        fail(f"{queue} is closed and not drained within {timeout}: {text}")


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


VERBS = (queues, pause, resume, close, open_, drain, purge)
