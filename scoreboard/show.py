"""A report as text for people: a line for each pool, a line for each slot, a line for each job in hand."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

_COLUMNS: Final = ("slot", "pool", "pid", "seat", "worker", "for", "beat", "jobs", "memory", "in hand", "task")
_MANY: Final = 10  # jobs in hand beyond which only their number is told
_KIB: Final = 1024
_MINUTE: Final = 60
_HOUR: Final = 3600


def show(report: dict[str, Any]) -> str:
    """Write a report of `report.collect` as text."""
    return "\n".join(_lines(report))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    yield (
        f"scoreboard of process {report['creator_pid']}, {_time(report['age_s'])} old, "
        f"layout {report['layout_version']}, {len(report['seats'])} of {report['slots']} slots in use"
    )
    for pool in report["pools"]:
        yield f"pool {pool['name']}: {pool['desired']} wanted, generation {pool['generation']}"
        if pool["figures"] is not None:
            yield f"  figures {json.dumps(pool['figures'])}"
    logger = report["logger"]
    yield (
        f"logger: {logger['lines']} lines, {_size(logger['written_bytes'])} written, "
        f"{_size(logger['dropped_bytes'])} dropped"
    )
    if report["seats"]:
        yield from _table([_COLUMNS, *map(_row, report["seats"])])
    for seat in report["seats"]:
        yield from _remarks(seat)


def _row(seat: dict[str, Any]) -> tuple[str, ...]:
    worker = seat["worker"]
    states = Counter(entry["state"].lower() for entry in worker["entries"])
    return (
        str(seat["slot"]),
        seat["pool"] or "-",
        str(seat["pid"] or "-"),
        seat["state"].lower(),
        worker["state"].lower(),
        _time(seat["since_s"]),
        _time(worker["beat_s"]),
        str(worker["jobs_done"]),
        _size(seat["rss"]) if seat["rss"] else "-",
        " ".join(f"{count} {state}" for state, count in states.items()) or "-",
        worker["task"] or "-",
    )


def _remarks(seat: dict[str, Any]) -> Iterator[str]:
    slot, worker, keeper = seat["slot"], seat["worker"], seat["keeper"]
    if worker["torn"]:
        yield f"slot {slot}: half-written record: its worker died or hangs in the middle of a claim"
    if seat["last_death"]["cause"] != "NONE":
        death = seat["last_death"]
        yield f"slot {slot}: last death: {death['cause']} (code {death['code']}, signal {death['signal']})"
    if seat["intent"] != "NONE":
        yield f"slot {slot}: intent {seat['intent']}"
    if keeper["extends_failed"]:
        yield f"slot {slot}: {keeper['extends_failed']} failed attempts to extend leases"
    for entry in worker["entries"][:_MANY]:
        since = "" if entry["started_s"] is None else f" {_time(entry['started_s'])} ago"
        yield f"slot {slot}: job {entry['id']} {entry['state'].lower()}{since}"
    if len(worker["entries"]) > _MANY:
        yield f"slot {slot}: and {len(worker['entries']) - _MANY} jobs more"


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < _MINUTE:
        return f"{seconds:.1f}s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.1f}m"
    return f"{seconds / _HOUR:.1f}h"


def _size(number: float) -> str:
    for unit in ("B", "K", "M"):
        if number < _KIB:
            return f"{number:.0f}{unit}"
        number /= _KIB
    return f"{number:.1f}G"
