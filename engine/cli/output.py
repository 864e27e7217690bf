"""What the command says: JSON for programs, plain aligned text for people."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from engine.history import Event
    from engine.job import Job

F = TypeVar("F", bound=Callable[..., Any])

WIDEST = 60  # characters of one column
_UNITS = ((86400.0, "d"), (3600.0, "h"), (60.0, "m"), (1.0, "s"))


def json_option(verb: F) -> F:
    """`--json`, which every verb has."""
    return click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")(verb)


def say_json(value: Any) -> None:
    """The value as JSON; what JSON cannot say is said as text."""
    import msgspec

    try:
        plain = msgspec.to_builtins(value, str_keys=True, enc_hook=str)
    except (TypeError, ValueError, RecursionError):  # a payload of anybody's making: odd keys, endless nesting
        plain = {"undisplayable": repr(value)[:2000]}
    click.echo(json.dumps(plain, indent=2, ensure_ascii=False))


def _shown(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Lines with aligned columns; numbers to the right. Pure."""
    cells = [[one_line(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(heads), *cells]) for i in range(len(heads))]
    right = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        parts = [
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        ]
        return "  ".join(parts).rstrip()

    return "\n".join(line(row) for row in [heads, *cells])


def one_line(value: Any, widest: int = WIDEST) -> str:
    """The value on one line, without control characters, cut to a width. Pure."""
    text = "" if value is None else str(value)
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= widest else text[: widest - 1] + "…"


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
