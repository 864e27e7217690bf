"""Jobs: enqueue, jobs, show, why, log, cancel."""

from typing import TYPE_CHECKING, Any

import click

from engine.cli import naming
from engine.cli.output import age, job_text, moment, picture, say_json, table_text
from engine.cli.paging import gather, say_cut
from engine.cli.searching import as_answer, look, read_query, say_how
from engine.cli.target import Target, fail, weather
from engine.cli.terminal.options import Looking, json_option, table_options, watch_option
from engine.cli.terminal.table import one_line
from engine.cli.terminal.watching import show as show_again
from engine.cli.words import before, duration, headers, parsed, when
from engine.jobs.states import JobState

if TYPE_CHECKING:
    from engine.clients.client import Client
    from engine.jobs.job import Job


@click.command()
@click.argument("type")
@click.argument("data", metavar="[JSON]", required=False)
@click.option("--queue", shell_complete=naming.queues, help="[default: the one workers announced for the type]")
@click.option("--delay", help="Not before this has passed: 10s, 5m, 1h30m.")
@click.option("--run-at", metavar="TIME", help="Not before this time: ISO 8601 with its zone, or epoch seconds.")
@click.option("--start-before", metavar="WHEN", help="Cancelled if it has not started by then: 5m, or a time.")
@click.option("--retries", type=click.IntRange(min=0), help="Further attempts after a failed one.")
@click.option("--timeout", help="The task's time limit: 30s.")
@click.option("--durable", is_flag=True, help="Return only when the store has it on disk, or say that it has not.")
@click.option("--unique", help='One of its kind at a time: a mode ("pending"), or JSON: {"mode": …, "by": […]}.')
@click.option("--idempotency-key", help="The same key within a day gives the same job.")
@click.option("--fresh", is_flag=True, help="Run it though a result of its kind is cached.")
@click.option("--priority", type=click.Choice(["high", "normal", "low"]), help="Within its queue.")
@click.option("--tenant", help="For whom; the tenants of a queue take turns.")
@click.option("--limit-key", help="The limits of TYPE count for each such key apart.")
@click.option("--cost", type=click.IntRange(min=1), help="Permits that it takes of a rate.  [default: 1]")
@click.option("--header", multiple=True, metavar="NAME=VALUE", help="Travels with the job; as often as you like.")
@click.option("--webhook", metavar="URL", help="Hears when it has completed or is dead.")
@click.option("--version", type=click.IntRange(min=1), help="Of the payload's form.  [default: 1]")
@click.option("--wait", help="Wait so long for its end and show it; status 1 when it fails or takes longer.")
@json_option
@click.pass_obj
def enqueue(target: Target, /, type: str, data: str | None, wait: str | None, *, as_json: bool, **options: Any) -> None:
    """Enqueue one job of TYPE; JSON is its payload ("-" reads it from standard input)."""
    payload = None if data is None else parsed(data, "JSON")
    limit = duration(wait, "--wait") if wait is not None else None
    options = _read(options)
    with target.client() as client:
        # Kept for a while though it may have no result, when somebody waits for it.
        handle = client.enqueue(type, payload, **options, keep=60.0 if limit is not None else None)
        job = _waited(client, handle.id, limit) if limit is not None else None
    if limit is not None and job is None:
        fail(f"job {handle.id} did not end within {wait}; it goes on")
    if job is None:
        if as_json:
            say_json({"id": handle.id})
        else:
            click.echo(handle.id)
        return
    if as_json:
        say_json(job)
    else:
        click.echo(job_text(job))
    if job.state != JobState.COMPLETED:
        raise SystemExit(1)


def _waited(client: "Client", job_id: str, limit: float) -> "Job | None":
    """The job, if it ended in time. Ctrl-C ends the command, not the job: whoever asked for it is told its id."""
    try:
        return client.wait([job_id], limit).get(job_id)
    except KeyboardInterrupt:
        fail(f"interrupted: job {job_id} goes on")


def _read(options: dict[str, Any]) -> dict[str, Any]:
    """The options as the client takes them."""
    if options["timeout"] is not None and not duration(options["timeout"], "--timeout"):
        raise click.BadParameter("must be more than zero", param_hint="--timeout")
    readers = {"delay": duration, "run_at": when, "start_before": before}
    read = {name: reader(options[name], _flag(name)) for name, reader in readers.items() if options[name] is not None}
    if (options["unique"] or "").startswith("{"):
        read["unique"] = parsed(options["unique"], "--unique")
    said = {**options, **read, "headers": headers(options["header"], "--header")}
    del said["header"]
    return said


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


@click.command()
@click.option("--state", type=click.Choice([state.value for state in JobState]))
@click.option("--queue", shell_complete=naming.queues)
@click.option("--type")
@click.option(
    "--match", metavar="QUERY", help='Those that a query means (docs/search.md): "dead age<1h payload.to:ann@*".'
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@watch_option
@table_options
@json_option
@click.pass_obj
def jobs(
    target: Target,
    /,
    match: str | None,
    limit: int,
    *,
    watch: float | None,
    looking: Looking,
    as_json: bool,
    **wanted: Any,
) -> None:
    """List jobs."""

    def text(answer: dict[str, Any]) -> str:
        return _job_table(answer["jobs"], looking)

    if match is not None:
        if watch is not None:
            raise click.UsageError("--watch goes with --state, --queue and --type: a search looks once")
        query = read_query(match, wanted)
        with target.client() as client:
            matching, page = look(client, query, limit)
        if as_json:
            say_json(as_answer(matching, page))
        else:
            click.echo(_job_table(matching, looking))
            say_how(page, limit)
        return
    with target.client() as client:

        def fetch() -> dict[str, Any]:
            found, more = gather(limit, lambda n, cursor: client.jobs(**wanted, limit=n, cursor=cursor))
            if watch is None and not as_json:
                say_cut(limit, more=more)
            return {"jobs": found, "more": more}

        draw = picture(fetch, text, as_json=as_json, lines=watch is not None)
        show_again(draw, watch, lines=as_json, weather=weather())


def _job_table(found: "list[Job]", looking: Looking) -> str:
    rows = [
        (job.id, job.state, job.queue, job.type, job.attempts, age(job.enqueued_at), age(job.due_at)) for job in found
    ]
    heads = ("id", "state", "queue", "type", "attempts", "age", "due")
    return table_text(heads, rows, looking, right=("attempts", "age", "due"), drop=("attempts", "due", "queue", "age"))


@click.command()
@click.argument("job_id", metavar="ID")
@json_option
@click.pass_obj
def show(target: Target, /, job_id: str, *, as_json: bool) -> None:
    """Show one job, whatever its state."""
    with target.client() as client:
        job = client.find(job_id)
    if job is None:
        fail(f"no job {job_id!r} was ever issued in this namespace")
    if as_json:
        say_json(job)
    else:
        click.echo(job_text(job))


@click.command()
@click.argument("job_id", metavar="ID")
@json_option
@click.pass_obj
def cancel(target: Target, /, job_id: str, *, as_json: bool) -> None:
    """Cancel a job that has not started, or ask one that runs to stop."""
    with target.client() as client:
        done = client.cancel(job_id)
        job = None if done else client.find(job_id)
    asked = job is not None and job.state == JobState.PROCESSING
    if not done and not asked:
        fail(f"job {job_id} " + (f"is {job.state}: too late to cancel" if job else "was never issued"))
    if as_json:
        say_json({"id": job_id, "state": "processing" if asked else "cancelled"})
    else:
        click.echo(f"asked {job_id} to stop" if asked else f"cancelled {job_id}")


@click.command()
@click.argument("job_id", metavar="ID")
@json_option
@click.pass_obj
def why(target: Target, /, job_id: str, *, as_json: bool) -> None:
    """Say why a job is not running."""
    from engine.errors import JobNotFound

    with target.client() as client:
        try:
            answer = client.job(job_id).why()
        except JobNotFound as error:
            fail(str(error))
    if as_json:
        say_json(answer)
    else:
        click.echo("\n".join(one_line(reason.text, 600) for reason in answer.reasons))


@click.command()
@click.argument("job_id", metavar="ID")
@json_option
@click.pass_obj
def log(target: Target, /, job_id: str, *, as_json: bool) -> None:
    """Print what a job has said."""
    from engine.errors import JobNotFound

    with target.client() as client:
        try:
            found = client.job(job_id).logs()
        except JobNotFound as error:
            fail(str(error))
    if as_json:
        say_json(found)
        return
    if found.dropped:
        click.echo(f"({found.dropped} older lines were dropped)")
    for line in found.lines:
        click.echo(f"{moment(line.at)}  {one_line(line.text, 2000)}")
