"""The status for people: a table of everything that is alive. Pure."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supervisor.terminal.table import Look

_HEAD = ("name", "pid", "state", "for", "restarts", "memory", "jobs", "doing")
_RIGHT = ("pid", "for", "restarts", "memory", "jobs")
_DROP = ("restarts", "pid", "jobs", "for", "memory")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def render(status: dict[str, Any], look: "Look | None" = None, paint: Callable[[str], str] = str) -> str:
    """Answer the text for a terminal; only the table where `look` asks for columns. `paint` colours a state."""
    where = "".join(f", {name} http://{address}" for name, address in status["addresses"].items())
    lines = [f"herdsman {status['state']}, pid {status['pid']}, up {span(status['uptime_s'])}{where}", ""]
    shown = _table(status, look, paint)
    if look and look.columns:
        return shown
    lines += [shown, "", *_remarks(status)]
    return "\n".join(lines)


def _table(status: dict[str, Any], look: "Look | None", paint: Callable[[str], str]) -> str:
    from supervisor.terminal.table import table  # a supervisor that runs for months needs `size` and `span` alone

    rows = [_worker(worker) for pool in status["pools"] for worker in pool["workers"]]
    rows += [_service(one) for one in _services(status) if "state" in one]
    return table(_HEAD, rows, look, right=_RIGHT, drop=_DROP, paint={"state": paint})


def _services(status: dict[str, Any]) -> list[dict[str, Any]]:
    services = [status.get(name) for name in ("store", "janitor", "gateway", "logger", "guardian")]
    return [one for one in [*status["programs"], *services] if one]


def _remarks(status: dict[str, Any]) -> list[str]:
    """What no column has room for."""
    lines = [_pool(pool) for pool in status["pools"]]
    lines += [f"store: {status['store']['kind']}"] if status["store"]["kind"] == "given" else []
    lines += [
        f"{one['name']}: {one['error']}" for one in _services(status) if one.get("error") and one["state"] != "RUNNING"
    ]
    lines += [f"override: {name}: {text}" for name, text in sorted(status["config"]["overrides"].items())]
    lines += _config(status["config"], status["pools"])
    lines += [f"{one['name']}: waits for {one['waiting_for']}" for one in status["programs"] if one.get("waiting_for")]
    lines += [_queue(name, queue) for name, queue in sorted(status["queues"].items())]
    if status["logs"]["dropped_bytes"]:
        lines.append(f"logs: {size(status['logs']['dropped_bytes'])} were dropped")
    return lines


def span(seconds: float) -> str:
    """Answer a length of time in at most two units: `42s`, `3m 20s`, `5h 1m`, `12d 3h`."""
    whole = int(seconds)
    for unit, name, smaller, small in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "m"), (_MINUTE, "m", 1, "s")):
        if whole >= unit:
            return f"{whole // unit}{name} {whole % unit // smaller}{small}"
    return f"{whole}s"


def size(count: float) -> str:
    """Answer bytes as `0B`, `34.5M`, `1.2G`."""
    for unit in ("B", "K", "M"):
        if count < 1024:  # noqa: PLR2004  a kilobyte
            return f"{count:.1f}{unit}" if unit != "B" else f"{int(count)}B"
        count /= 1024
    return f"{count:.1f}G"


def _worker(worker: dict[str, Any]) -> tuple[str, ...]:
    doing = worker["activity"] or ""
    if worker["task"]:
        doing = worker["task"]
    elif worker["state"] == "BACKOFF" and worker["last_end"]:
        doing = f"after {worker['last_end']['cause']}"
    return (
        worker["name"],
        str(worker["pid"] or "-"),
        worker["state"],
        span(worker["since_s"]),
        str(worker["restarts"]),
        size(worker["rss_bytes"]),
        str(worker["jobs_done"]),
        doing,
    )


def _service(one: dict[str, Any]) -> tuple[str, ...]:
    end = one["last_end"]
    doing = "adopted" if one["adopted"] else one.get("said", "")
    if one.get("health") == "unhealthy":
        doing = "unhealthy"
    elif one.get("waiting_for"):
        doing = "waits"
    if end and one["state"] in ("EXITED", "BACKOFF"):
        doing = f"after exit {end['code']}" if end["code"] is not None else f"after signal {end['signal']}"
    return (
        one["name"],
        str(one["pid"] or "-"),
        one["state"],
        span(one["since_s"]),
        str(one["restarts"]),
        size(one["rss_bytes"]),
        "",
        doing,
    )


def _pool(pool: dict[str, Any]) -> str:
    said = [f"pool {pool['name']}: {pool['running']} of {0 if pool['stopped'] else pool['desired']} running"]
    said.append(f"generation {pool['generation']}")
    if pool["stopped"]:
        said.append("stopped")
    rollout = pool.get("rollout")
    if pool["rolling"] and not pool["generation"]:
        said.append("being started")
    elif pool["rolling"] and rollout and not rollout["ended"]:
        said.append(f"being replaced (rollout {rollout['id']}: {rollout['phase']})")
    elif pool["rolling"]:
        said.append("being replaced")
    if pool.get("waiting_for"):
        said.append(f"waits for {pool['waiting_for']}")
    if scaled := pool.get("autoscale"):
        why = f"autoscale {scaled['min']} to {scaled['max']}"
        said.append(f"{why}: {scaled['reason']}" if scaled["active"] else f"{why} off (scaled by hand)")
    text = ", ".join(said)
    if not pool["error"]:
        return text
    if rollout and rollout["phase"] == "rolled back" and pool["generation"]:
        return f"{text}\n  rollout {rollout['id']} was rolled back: {pool['error']}"
    return f"{text}\n  cannot start: {pool['error']}"


def _config(config: dict[str, Any], pools: Sequence[dict[str, Any]]) -> list[str]:
    lines = [f"apply {config['under_way']} is under way"] if config["under_way"] else []
    for pool in pools:
        wanted = config["pools"].get(pool["name"])
        others = [worker["name"] for worker in pool["workers"] if worker["config"] not in ("", wanted)]
        if wanted and others:
            lines.append(f"pool {pool['name']}: still with another config: {', '.join(others)}")
    return lines


def _queue(name: str, queue: dict[str, Any]) -> str:
    parts = [f"{queue.get(state) or 0} {state}" for state in ("pending", "scheduled", "processing", "dead")]
    return f"queue {name}: {', '.join(parts)}{' (paused)' if queue.get('paused') else ''}"
