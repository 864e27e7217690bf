"""Dead letters: dlq list, groups, show, retry, delete."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from engine.cli import naming
from engine.cli.consent import ask_to_lose, dry_run_option, yes_option
from engine.cli.output import age, job_text, say_json, say_table
from engine.cli.paging import gather, say_cut
from engine.cli.target import Target, fail
from engine.cli.terminal.options import Looking, json_option, table_options
from engine.cli.terminal.progress import Progress
from engine.cli.words import parsed

if TYPE_CHECKING:
    from engine.clients.client import Client
    from engine.jobs.job import Job

F = TypeVar("F", bound=Callable[..., Any])
FIRST = 5  # of those that are to be lost are shown


def filters(verb: F) -> F:
    """Which dead letters are meant."""
    for name, text in (("--fingerprint", "Of one group (see dlq groups)."), ("--type", "Of one type.")):
        verb = click.option(name, help=text)(verb)
    return click.option("--queue", help="Of one queue.", shell_complete=naming.queues)(verb)


@click.group()
def dlq() -> None:
    """Dead letters: jobs that failed for good, kept until somebody retries or deletes them."""


@dlq.command(name="list")
@filters
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@table_options
@json_option
@click.pass_obj
def list_(target: Target, /, limit: int, *, looking: Looking, as_json: bool, **wanted: str | None) -> None:
    """List dead letters, oldest first within a queue."""
    with target.client() as client:
        dead = client.dead_letters
        found, more = gather(limit, lambda n, cursor: dead.list(**wanted, limit=min(500, n), cursor=cursor))
    if as_json:
        say_json({"jobs": [_view(job) for job in found], "more": more})
        return
    rows = [
        (job.id, job.queue, job.type, age(job.finished_at), job.attempts, job.crashes, _mark(job), _died_of(job))
        for job in found
    ]
    heads = ("id", "queue", "type", "age", "attempts", "crashes", "fingerprint", "error")
    say_table(heads, rows, looking, right=("age",), drop=("crashes", "attempts", "queue", "age"))
    say_cut(limit, more=more)


@dlq.command()
@click.option("--queue", help="Of one queue.", shell_complete=naming.queues)
@table_options
@json_option
@click.pass_obj
def groups(target: Target, /, queue: str | None, *, looking: Looking, as_json: bool) -> None:
    """Dead letters by what they died of, the largest group first."""
    with target.client() as client:
        found = client.dead_letters.groups(queue)
    if as_json:
        say_json(found)
        return
    rows = [
        (g.count, g.queue, g.type, g.fingerprint, age(g.first_seen), age(g.last_seen), g.example, _said(g))
        for g in found.groups
    ]
    heads = ("count", "queue", "type", "fingerprint", "first", "last", "example", "error")
    say_table(heads, rows, looking, right=("first", "last"), drop=("first", "example", "queue", "last"))
    if found.cut:
        click.echo(f"only the newest were looked at in: {', '.join(found.cut)}", err=True)


def _said(group: Any) -> str:
    return f"{group.error}: {group.message}"


@dlq.command()
@click.argument("job_id", metavar="ID")
@json_option
@click.pass_obj
def show(target: Target, /, job_id: str, *, as_json: bool) -> None:
    """Show one dead letter, with its traceback."""
    with target.client() as client:
        job = client.find(job_id)
    if job is None or job.state != "dead":
        _no_dead_letter(job_id, job)
    if as_json:
        say_json(_view(job))
    else:
        click.echo(job_text(job, {"fingerprint": _mark(job)}))


@dlq.command()
@click.argument("job_id", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="All there are.")
@filters
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Jobs a second.")
@click.option("--data", metavar="JSON", help='A new payload for the one ID ("-": from standard input).')
@dry_run_option
@json_option
@click.pass_obj
def retry(
    target: Target,
    /,
    job_id: str | None,
    everything: bool,
    limit: int | None,
    rate: float | None,
    data: str | None,
    *,
    dry_run: bool,
    as_json: bool,
    **wanted: str | None,
) -> None:
    """Put ID, or all that match, back into their queues; attempts and crashes begin at zero."""
    _one_or_many(job_id, wanted, everything=everything, dry_run=dry_run)
    if data is not None and not job_id:
        raise click.UsageError("--data goes with one ID")
    if job_id and (limit or rate):
        raise click.UsageError("--limit and --rate are for many")
    from engine.dead.dead_letters import UNCHANGED

    payload = UNCHANGED if data is None else parsed(data, "--data")
    with target.client() as client:
        if job_id:
            done = client.dead_letters.retry(job_id, payload)
            _check(client, job_id, done=done)
        elif dry_run:
            total, first, _ = _matching(client, wanted, limit)
            ask_to_lose("", total, first, dry_run=True)
            _say("would_retry", total, as_json=as_json)
            return
        count = 1 if job_id else _many("retried", client, wanted, limit, rate=rate)
    _say("retried", count, as_json=as_json)


@dlq.command()
@click.argument("job_id", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="All there are.")
@filters
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@yes_option
@dry_run_option
@json_option
@click.pass_obj
def delete(
    target: Target,
    /,
    job_id: str | None,
    everything: bool,
    limit: int | None,
    *,
    yes: bool,
    dry_run: bool,
    as_json: bool,
    **wanted: str | None,
) -> None:
    """Forget ID, or all that match (which is asked for again, unless --yes)."""
    _one_or_many(job_id, wanted, everything=everything, dry_run=dry_run)
    with target.client() as client:
        if job_id:
            _check(client, job_id, done=client.dead_letters.delete(job_id))
            count = 1
        else:
            if dry_run or not yes:
                total, first, about = _matching(client, wanted, limit)
                chosen = ", ".join(f"{name} {value}" for name, value in wanted.items() if value)
                which = f"the dead letters of {chosen}" if chosen else "all dead letters"
                question = f"Delete {which} for good ({about}{total})?"
                if ask_to_lose(question, total, first, dry_run=dry_run):
                    _say("would_delete", total, as_json=as_json)
                    return
            count = _many("deleted", client, wanted, limit)
    _say("deleted", count, as_json=as_json)


def _many(
    what: str, client: "Client", wanted: dict[str, str | None], limit: int | None, *, rate: float | None = None
) -> int:
    """Retry or delete all that match, and say how far it is."""
    total = None
    if not wanted["type"] and not wanted["fingerprint"]:  # others would have to be counted one by one
        figures = client.queues()
        total = sum(one.dead for name, one in figures.items() if wanted["queue"] in (None, name))
        total = total if limit is None else min(total, limit)
    with Progress(what, total, broken=f"what is {what} stays so; the same command goes on") as progress:
        if what == "retried":
            return client.dead_letters.retry_many(**wanted, limit=limit, rate=rate, told=progress.at)
        return client.dead_letters.delete_many(**wanted, limit=limit, told=progress.at)


def _matching(client: "Client", wanted: dict[str, str | None], limit: int | None) -> "tuple[int, list[Job], str]":
    """How many match, the first few, and `at least ` where not all were looked at."""
    found = client.dead_letters.groups(wanted["queue"])
    total = sum(
        group.count
        for group in found.groups
        if wanted["type"] in (None, group.type) and wanted["fingerprint"] in (None, group.fingerprint)
    )
    most = FIRST if limit is None else min(FIRST, limit)
    first, _ = gather(most, lambda n, cursor: client.dead_letters.list(**wanted, limit=n, cursor=cursor))
    return (total if limit is None else min(total, limit)), first, "at least " if found.cut else ""


def _one_or_many(job_id: str | None, wanted: dict[str, str | None], *, everything: bool, dry_run: bool) -> None:
    ways = [bool(job_id), any(wanted.values()), everything]
    if sum(ways) != 1:
        raise click.UsageError("say which: one ID, or --queue, --type, --fingerprint, or --all")
    if job_id and dry_run:
        raise click.UsageError("--dry-run is for many; `dlq show ID` shows one")


def _check(client: "Client", job_id: str, *, done: bool) -> None:
    if not done:
        _no_dead_letter(job_id, client.find(job_id))


def _no_dead_letter(job_id: str, job: "Job | None") -> NoReturn:
    what = f"is no dead letter: it is {job.state}" if job else "was never issued in this namespace"
    fail(f"job {job_id} {what}")


def _say(what: str, count: int, *, as_json: bool) -> None:
    if as_json:
        say_json({what: count})
    else:
        click.echo(f"{what.replace('_', ' ')} {count} dead letter{'' if count == 1 else 's'}")


def _view(job: "Job") -> dict[str, Any]:
    import msgspec

    return {**msgspec.structs.asdict(job), "fingerprint": _mark(job)}


def _mark(job: "Job") -> str:
    from engine.dead.fingerprint import fingerprint

    return fingerprint(job.queue, job.type, job.error)


def _died_of(job: "Job") -> str:
    return f"{job.error.type}: {job.error.message}" if job.error else ""
