"""Queues: queues, pause, resume, close, open."""

import difflib
from typing import TYPE_CHECKING, Any

import click

from engine.cli import naming
from engine.cli.output import length, picture, say_json, table_text
from engine.cli.target import Target, fail, weather
from engine.cli.terminal.options import Looking, json_option, table_options, watch_option
from engine.cli.terminal.watching import show

if TYPE_CHECKING:
    from engine.clients.client import Client
    from engine.jobs.job import QueueFigures

_HEADS = ("queue", "pending", "scheduled", "processing", "dead", "oldest", "notes")
_DROP = ("notes", "scheduled", "processing", "dead", "oldest")

queue_argument = click.argument("queue", shell_complete=naming.queues)


@click.command()
@watch_option
@table_options
@json_option
@click.pass_obj
def queues(target: Target, /, *, watch: float | None, looking: Looking, as_json: bool) -> None:
    """How deep each queue is."""
    shut: set[str] = set()

    def text(found: "dict[str, QueueFigures]") -> str:
        rows = [
            (name, q.pending, q.scheduled, q.processing, q.dead, length(q.oldest), _notes(q, closed=name in shut))
            for name, q in sorted(found.items())
        ]
        return table_text(_HEADS, rows, looking, right=_HEADS[1:-1], drop=_DROP)

    with target.client() as client:

        def fetch() -> Any:
            if not as_json:
                shut.clear()
                shut.update(client.intake.closed())
            return client.queues()

        show(picture(fetch, text, as_json=as_json, lines=watch is not None), watch, lines=as_json, weather=weather())


def _notes(figures: "QueueFigures", *, closed: bool) -> str:
    parked = f"{figures.parked} parked (paused, or known to no worker)" if figures.parked else ""
    return ", ".join(note for note in ("paused" if figures.paused else "", "closed" if closed else "", parked) if note)


type_option = click.option("--type", "of_type", is_flag=True, help="QUEUE is the name of a type instead.")


@click.command()
@queue_argument
@type_option
@json_option
@click.pass_obj
def pause(target: Target, /, queue: str, *, of_type: bool, as_json: bool) -> None:
    """Let QUEUE take jobs and give none out; or start no job of a type."""
    with target.client() as client:
        _known_type(client, queue) if of_type else known(client, queue)
        changed = client.pause_type(queue) if of_type else client.pause(queue)
    _say(queue, "paused", of_type=of_type, changed=changed, as_json=as_json)


@click.command()
@queue_argument
@type_option
@json_option
@click.pass_obj
def resume(target: Target, /, queue: str, *, of_type: bool, as_json: bool) -> None:
    """Let QUEUE give jobs out again; or start jobs of a type again."""
    with target.client() as client:
        changed = client.resume_type(queue) if of_type else client.resume(queue)
        if not changed:
            _known_type(client, queue) if of_type else known(client, queue)
    _say(queue, "resumed", of_type=of_type, changed=changed, as_json=as_json)


def _say(queue: str, what: str, *, of_type: bool, changed: bool, as_json: bool) -> None:
    if as_json:
        say_json({"type" if of_type else "queue": queue, "paused": what == "paused", "changed": changed})
    else:
        click.echo(f"{what} {queue}" if changed else f"{queue} was {what} already")


@click.command()
@queue_argument
@json_option
@click.pass_obj
def close(target: Target, /, queue: str, *, as_json: bool) -> None:
    """Let QUEUE refuse new jobs and give out those it has."""
    with target.client() as client:
        known(client, queue)
        _say_gate(queue, closed=True, changed=client.intake.close(queue), as_json=as_json)


@click.command(name="open")
@queue_argument
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


def known(client: "Client", queue: str) -> "QueueFigures":
    """The queue's figures; a name that no job was ever put into is a slip, and ends the command."""
    found = client.queues()
    if queue not in found:
        near = difflib.get_close_matches(queue, found, n=1)
        fail(f"no job was ever put into a queue {queue!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
    return found[queue]


def _known_type(client: "Client", name: str) -> None:
    """A type that no worker ever announced is a slip, and ends the command."""
    found = client.types()
    if name not in found:
        near = difflib.get_close_matches(name, found, n=1)
        fail(f"no worker has announced the type {name!r}" + (f" (did you mean {near[0]!r}?)" if near else ""))
