"""Schedules: list, show, next, put, delete, run, pause, resume."""

from typing import TYPE_CHECKING, Any

import click

from engine.cli import naming
from engine.cli.output import age, moment, say_json, say_table
from engine.cli.target import Target
from engine.cli.terminal.options import Looking, json_option, table_options
from engine.cli.terminal.table import one_line
from engine.cli.words import duration, parsed

if TYPE_CHECKING:
    from engine.schedules.schedule import ScheduleInfo


_HEADS = ("name", "task", "cron", "timezone", "next", "last", "ended", "success", "fired", "skipped", "missed", "notes")
_RIGHT = ("next", "last", "success", "fired", "skipped", "missed")
_DROP = ("skipped", "missed", "fired", "timezone", "success", "ended", "task")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def schedules(context: click.Context, /, *, as_json: bool) -> None:
    """What runs by the clock; without a verb: list."""
    if context.invoked_subcommand is None:
        context.invoke(list_, as_json=as_json, wide=False, no_header=False, columns=None)


@schedules.command(name="list")
@table_options
@json_option
@click.pass_obj
def list_(target: Target, /, *, looking: Looking, as_json: bool) -> None:
    """All schedules, with their next slot and how the last job ended."""
    with target.client() as client:
        found = client.schedules.list()
    if as_json:
        say_json(found)
        return
    say_table(_HEADS, [_row(one) for one in found], looking, right=_RIGHT, drop=_DROP)


def _row(one: "ScheduleInfo") -> tuple[Any, ...]:
    schedule = one.schedule
    return (
        schedule.name,
        schedule.task,
        schedule.cron,
        schedule.timezone,
        age(one.next[0]) if one.next else "",
        age(one.last_fired_at),
        one.last_state,
        age(one.last_success_at),
        one.fired,
        one.skipped,
        one.missed,
        "paused" if one.paused else "",
    )


@schedules.command()
@click.argument("name", shell_complete=naming.schedules)
@json_option
@click.pass_obj
def show(target: Target, /, name: str, *, as_json: bool) -> None:
    """Show one schedule: what it says, and how far it has come."""
    import msgspec

    with target.client() as client:
        one = client.schedules.show(name)
    if as_json:
        say_json(one)
        return
    fields = {**msgspec.to_builtins(one.schedule, enc_hook=str), **msgspec.to_builtins(one)}
    del fields["schedule"]
    for key in ("last_slot", "last_fired_at", "last_success_at"):
        fields[key] = moment(fields[key])
    fields["next"] = ", ".join(moment(slot) for slot in one.next)
    for key, value in fields.items():
        if value not in (None, ""):
            click.echo(f"{key:<16}{one_line(value, 2000)}")


@schedules.command(name="next")
@click.argument("name", shell_complete=naming.schedules)
@click.option("-n", "--count", type=click.IntRange(1, 1000), default=5, show_default=True)
@json_option
@click.pass_obj
def next_(target: Target, /, name: str, count: int, *, as_json: bool) -> None:
    """The next slots of NAME, in UTC."""
    with target.client() as client:
        slots = client.schedules.next(name, count)
    if as_json:
        say_json({"name": name, "next": slots})
    else:
        click.echo("\n".join(moment(slot) for slot in slots))


@schedules.command()
@click.argument("name")
@click.argument("task")
@click.argument("cron")
@click.argument("data", metavar="[JSON]", required=False)
@click.option("--timezone", default="UTC", show_default=True)
@click.option("--queue", help="[default: the queue of the task]")
@click.option("--misfire", type=click.Choice(["once", "skip", "all"]), default="once", show_default=True)
@click.option("--misfire-max", default="1h", show_default=True, help="No slot older than this is made up for.")
@click.option(
    "--overlap",
    type=click.Choice(["allow", "skip", "queue_one", "cancel_old"]),
    default="allow",
    show_default=True,
)
@click.option("--jitter", default="0s", show_default=True)
@click.option("--paused", is_flag=True)
@json_option
@click.pass_obj
def put(target: Target, /, data: str | None, misfire_max: str, jitter: str, *, as_json: bool, **given: Any) -> None:
    """Make the schedule NAME, or replace it: TASK with the payload JSON ("-": standard input) whenever CRON says.

    A new one, and one whose times were changed, starts from now.
    """
    from engine.schedules.schedule import Schedule

    one = Schedule(
        **given,
        payload=None if data is None else parsed(data, "JSON"),
        misfire_max=duration(misfire_max, "--misfire-max"),
        jitter=duration(jitter, "--jitter"),
    )
    with target.client() as client:
        new = client.schedules.put(one)
    if as_json:
        say_json({"name": one.name, "new": new})
    else:
        click.echo(f"{'made' if new else 'replaced'} {one.name}")


@schedules.command()
@click.argument("name", shell_complete=naming.schedules)
@json_option
@click.pass_obj
def delete(target: Target, /, name: str, *, as_json: bool) -> None:
    """Delete a schedule that was put; jobs that it made go on."""
    with target.client() as client:
        client.schedules.show(name)  # a name that is a slip is told with the nearest
        client.schedules.delete(name)
    if as_json:
        say_json({"name": name, "deleted": True})
    else:
        click.echo(f"deleted {name}")


@schedules.command()
@click.argument("name", shell_complete=naming.schedules)
@json_option
@click.pass_obj
def run(target: Target, /, name: str, *, as_json: bool) -> None:
    """Run its job now, whatever its slots, its pause and its overlap say; prints the job's id."""
    with target.client() as client:
        job = client.schedules.run(name)
    if as_json:
        say_json({"name": name, "id": job})
    else:
        click.echo(job)


@schedules.command()
@click.argument("name", shell_complete=naming.schedules)
@json_option
@click.pass_obj
def pause(target: Target, /, name: str, *, as_json: bool) -> None:
    """Let its slots go by until it is resumed."""
    with target.client() as client:
        changed = client.schedules.pause(name)
    _say(name, "paused", changed=changed, as_json=as_json)


@schedules.command()
@click.argument("name", shell_complete=naming.schedules)
@json_option
@click.pass_obj
def resume(target: Target, /, name: str, *, as_json: bool) -> None:
    """Let it fire again, from the next slot on."""
    with target.client() as client:
        changed = client.schedules.resume(name)
    _say(name, "resumed", changed=changed, as_json=as_json)


def _say(name: str, what: str, *, changed: bool, as_json: bool) -> None:
    if as_json:
        say_json({"name": name, "paused": what == "paused", "changed": changed})
    else:
        click.echo(f"{what} {name}" if changed else f"{name} was {what} already")
