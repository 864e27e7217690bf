"""Emptying a queue: drain lets its jobs run, purge cancels them."""

import click

from engine.cli.consent import ask_to_lose, dry_run_option, yes_option
from engine.cli.output import say_json
from engine.cli.queues import known, queue_argument
from engine.cli.target import Target, fail
from engine.cli.terminal.options import json_option
from engine.cli.terminal.progress import Progress
from engine.cli.words import duration


@click.command()
@queue_argument
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
        figures = known(client, queue)
        most = figures.pending + figures.processing + (figures.scheduled if scheduled else 0)
        with Progress("drained", most, broken=f"{queue} stays closed until `open {queue}`") as progress:

            def told(left: int) -> None:
                nonlocal most
                most = max(most, left)
                progress.at(most - left, most)

            left = client.intake.drain(queue, within, scheduled=scheduled, told=told)
    if as_json:
        say_json({"queue": queue, "closed": True, **msgspec.structs.asdict(left)})
    elif left.done:
        later = f"; {left.scheduled} wait for their time" if left.scheduled else ""
        click.echo(f"{queue} is drained and closed{later}")
    if not left.done:
        text = f"{left.pending} pending, {left.processing} processing, {left.scheduled} scheduled"
        fail(f"{queue} is closed and not drained within {timeout}: {text}; `workers` shows who runs them")


@click.command()
@queue_argument
@yes_option
@dry_run_option
@json_option
@click.pass_obj
def purge(target: Target, /, queue: str, *, yes: bool, dry_run: bool, as_json: bool) -> None:
    """Cancel all that is pending in QUEUE."""
    with target.client() as client:
        pending = known(client, queue).pending
        if dry_run or (pending and not yes):
            first = client.jobs(state="pending", queue=queue, limit=5).jobs
            if ask_to_lose(f"Cancel {pending} pending jobs of {queue}?", pending, first, dry_run=dry_run):
                _would(queue, pending, as_json=as_json)
                return
        broken = "what is cancelled stays so; the same command goes on"
        with Progress("cancelled", pending, broken=broken) as progress:
            count = client.purge(queue, told=progress.at)
    if as_json:
        say_json({"queue": queue, "cancelled": count})
    else:
        click.echo(f"cancelled {count} jobs of {queue}")


def _would(queue: str, pending: int, *, as_json: bool) -> None:
    if as_json:
        say_json({"queue": queue, "would_cancel": pending})
    else:
        click.echo(f"would cancel {pending} jobs of {queue}")
