"""What the command says: JSON for programs, plain aligned text for people."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from engine.cli.terminal.options import Looking, state
from engine.cli.terminal.table import UnknownColumnError, one_line, table

if TYPE_CHECKING:
    from engine.jobs.history import Event
    from engine.jobs.job import Job

_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "m"), (1.0, "s"))


def say_json(value: Any) -> None:
    """The value as JSON; what JSON cannot say is said as text."""
    click.echo(as_json_text(value))


def as_json_text(value: Any, *, indent: int | None = 2) -> str:
    """The same as text; without `indent` on one line. Pure."""
    import msgspec

    try:
        plain = msgspec.to_builtins(value, str_keys=True, enc_hook=str)
    except (TypeError, ValueError, RecursionError):  # a payload of anybody's making: odd keys, endless nesting
        plain = {"undisplayable": repr(value)[:2000]}
    return json.dumps(plain, indent=indent, ensure_ascii=False)


def say_table(heads: Sequence[str], rows: Sequence[Sequence[Any]], looking: Looking, **how: Any) -> None:
    """A table for people; `how` is what `table` takes. A column that it has not ends the command with status 2."""
    click.echo(table_text(heads, rows, looking, **how))


def table_text(heads: Sequence[str], rows: Sequence[Sequence[Any]], looking: Looking, **how: Any) -> str:
    """The same as text; the column `state` has its colours."""
    try:
        return table(heads, rows, looking(), paint={"state": state}, **how)
    except UnknownColumnError as error:
        raise click.BadParameter(str(error), param_hint="--columns") from None


def picture(fetch: Callable[[], Any], text: Callable[[Any], str], *, as_json: bool, lines: bool) -> Callable[[], str]:
    """What `show` is to show: what `fetch` answers, for a program (on one line, with `lines`) or as `text` says it."""

    def draw() -> str:
        found = fetch()
        return as_json_text(found, indent=None if lines else 2) if as_json else text(found)

    return draw


def _shown(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def age(epoch: float | None, now: float | None = None) -> str:
    """How long ago that was (or how long until then): `3m`, `2.5h`, `in 10s`. Pure when `now` is given."""
    if not epoch:
        return ""
    seconds = (time.time() if now is None else now) - epoch
    said = length(abs(seconds))
    return f"in {said}" if seconds < 0 else said


def length(seconds: float) -> str:
    """A duration to two digits: `0s`, `12s`, `3.5m`, `2d`. Pure."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + unit if size > 1 else f"{seconds:.0f}s"
    return "0s"


def moment(epoch: float | None) -> str:
    """Epoch seconds as UTC text."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if epoch else ""


def job_text(job: "Job", more: Mapping[str, Any] | None = None) -> str:
    """One job, a line a field; fields that say nothing are left out."""
    error = job.error
    fields: dict[str, Any] = {
        "id": job.id,
        "state": job.state,
        "type": job.type,
        "queue": job.queue,
        "data": _compact(job.data),
        "result": _compact(job.result),
        "attempts": job.attempts or None,
        "crashes": job.crashes or None,
        "worker": job.worker,
        "host": job.host,
        "enqueued": moment(job.enqueued_at),
        "due": moment(job.due_at),
        "started": moment(job.started_at),
        "finished": moment(job.finished_at),
        "version": job.version,
        "headers": _compact(job.headers or None),
        "error": f"{error.type}: {error.message}" if error else None,
        "cause": error.cause if error else None,
        "forgotten": "no record is left: it completed, or was deleted" if job.forgotten else None,
        "progress": f"{job.progress.fraction:.0%} {job.progress.text}".rstrip() if job.progress else None,
        **(more or {}),
    }
    lines = [f"{name:<12}{one_line(value, 2000)}" for name, value in fields.items() if value not in (None, "")]
    trace = error.traceback.rstrip() if error else ""
    clean = "".join(c if c.isprintable() or c == "\n" else " " for c in trace)
    return "\n".join([*lines, *([clean] if clean else []), *timeline(job.history)])


def timeline(history: Sequence["Event"]) -> list[str]:
    """A job's history, a line an event. Pure."""
    lines = ["history"] if history else []
    for event in history:
        if event.what == "omitted":
            lines.append(f"  ({event.why} more)")
            continue
        at = moment(event.at) or "(time not kept)"
        due = f"due {moment(event.due)}" if event.due else ""
        said = [event.what, f"by {event.who}" if event.who else "", one_line(event.why or "", 200), due]
        lines.append(f"  {at:<24}" + "  ".join(part for part in said if part))
    return lines


def _compact(value: Any) -> str | None:
    return None if value is None else json.dumps(value, default=_shown, ensure_ascii=False)
