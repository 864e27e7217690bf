"""Tables of the screen, made from what `status --json` says. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from supervisor.shell.render import size, span

WORKER_HEAD = ("name", "state", "pid", "gen", "job", "cpu", "memory", "done", "restarts", "for")
QUEUE_HEAD = ("queue", "pending", "running", "scheduled", "dead", "oldest")
STATE_STYLES: Mapping[str, str] = {
    "RUNNING": "green",
    "STARTING": "cyan",
    "DRAINING": "yellow",
    "BACKOFF": "red",
    "FATAL": "bold red",
    "STOPPED": "dim",
    "EXITED": "dim",
}


_NARROW = (0, 1, 4, 5, 6, 9)  # name, state, job, cpu, memory, for: 80 columns
_WIDE_FROM = 100  # columns of a terminal
_WELL = frozenset({"RUNNING", "STOPPED", "EXITED"})


class Row(NamedTuple):
    """One line of a table. target: the pool or program that keys act on; tag: what its log lines bear."""

    key: str
    target: str
    is_pool: bool
    tag: str
    cells: tuple[str, ...]


def process_rows(status: Mapping[str, Any], cpu: Mapping[int, float]) -> list[Row]:
    """Answer a line for each worker, program instance and service.

    Args:
        status: as `status --json`.
        cpu: percent of one CPU by pid; a pid that is not in it has no figure.
    """
    rows = [
        Row(one["name"], pool["name"], True, one["name"], _worker(one, cpu))  # noqa: FBT003  a field of a tuple
        for pool in status["pools"]
        for one in pool["workers"]
    ]
    rows += [
        Row(one["name"], one["name"].rpartition(".")[0], False, one["name"], _service(one, cpu))  # noqa: FBT003
        for one in status["programs"]
    ]
    for name in ("gateway", "janitor", "store", "logger"):
        one = status.get(name)
        if one and "state" in one:
            rows.append(Row(name, name, False, name, _service(one, cpu)))  # noqa: FBT003
    return rows


def chosen_rows(rows: list[Row], wanted: str, *, only_trouble: bool) -> list[Row]:
    """Answer the lines in which a word is found, in whatever letters; with `only_trouble` those that are not well."""
    word = wanted.lower()
    return [
        row
        for row in rows
        if any(word in cell.lower() for cell in row.cells) and not (only_trouble and row.cells[1] in _WELL)
    ]


def places(*, wide: bool, width: int) -> tuple[int, ...]:
    """Answer which columns of `WORKER_HEAD` are shown: all, or those that an ordinary terminal has room for."""
    return tuple(range(len(WORKER_HEAD))) if wide or width >= _WIDE_FROM else _NARROW


def queue_rows(status: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Answer a line for each queue."""
    return [
        (
            name + (" (paused)" if queue.get("paused") else ""),
            *(str(queue.get(state) or 0) for state in ("pending", "processing", "scheduled", "dead")),
            span(queue.get("oldest") or 0),
        )
        for name, queue in sorted(status["queues"].items())
    ]


def summary(status: Mapping[str, Any]) -> str:
    """Answer the line at the top."""
    pools = ", ".join(
        f"{pool['name']} {pool['running']}/{pool['desired']}"
        + (" stopped" if pool["stopped"] else "")
        + (" rolling" if pool["rolling"] else "")
        for pool in status["pools"]
    )
    where = "".join(f"  {name} {address}" for name, address in status["addresses"].items())
    return f"{status['state']}, up {span(status['uptime_s'])}  {pools or 'no pools'}{where}"


def _worker(one: Mapping[str, Any], cpu: Mapping[int, float]) -> tuple[str, ...]:
    doing = one["task"] or one["activity"] or ""
    if one["state"] == "BACKOFF" and one["last_end"]:
        doing = f"after {one['last_end']['cause']}"
    figures = (_cpu(one["pid"], cpu), size(one["rss_bytes"]), str(one["jobs_done"]), str(one["restarts"]))
    return (one["name"], one["state"], str(one["pid"] or "-"), str(one["generation"]), doing, *figures,
            span(one["since_s"]))  # fmt: skip


def _service(one: Mapping[str, Any], cpu: Mapping[int, float]) -> tuple[str, ...]:
    figures = (_cpu(one["pid"], cpu), size(one["rss_bytes"]), "", str(one["restarts"]))
    return (one["name"], one["state"], str(one["pid"] or "-"), "", one["error"], *figures, span(one["since_s"]))


def _cpu(pid: int | None, cpu: Mapping[int, float]) -> str:
    return f"{cpu[pid]:.0f}%" if pid is not None and pid in cpu else "-"
