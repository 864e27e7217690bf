"""What `describe` answers, for people. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from supervisor.pools.draining import sentence
from supervisor.processes.children import signal_name
from supervisor.shell.render import size, span


def text(told: dict[str, Any]) -> str:
    """Answer the text for a terminal."""
    return "\n".join(_lines(told))


def death(one: dict[str, Any]) -> Iterator[str]:
    """Say one death certificate, line by line."""
    at = datetime.fromtimestamp(one["at"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    life = f"generation {one['generation']}, " if one["generation"] else ""
    yield f"{at}  {one['name']}, pid {one['pid']}, {life}lived {span(one['lived_s'])}: {_cause(one)}"
    yield f"  {one['why']}"
    if one["kind"] == "worker":
        memory = f"memory {size(one['rss_bytes'])}, {size(one['peak_rss_bytes'])} at its peak"
        yield f"  {one['jobs_done']} jobs done; {memory}"
        for job in one["jobs"]:
            charged = "charged" if one["charged"] else "not charged"
            yield f"  ran {job['type'] or 'job'} {job['id']} for {one['at'] - job['since']:.1f} s, {charged}"
    if one["stack"]:
        yield "  its threads:"
        yield from (f"    {line}" for line in one["stack"].rstrip().splitlines())
    if one.get("last_lines"):
        yield "  its last lines:"
        yield from (f"    {line}" for line in one["last_lines"])


def _cause(one: dict[str, Any]) -> str:
    cause = str(one["cause"]).replace("_", " ")
    if one["code"] is not None:
        return f"{cause} (status {one['code']})" if cause != "exit" else f"exit {one['code']}"
    if one["signal"] is None:
        return cause
    core = ", core dumped" if one["core"] else ""
    return f"{cause} {one['signal']} ({signal_name(one['signal'])}{core})" if cause == "signal" else (
        f"{cause} (signal {one['signal']}{core})"
    )  # fmt: skip


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['kind']} {told['name']}"
    status = told["status"]
    instances = status if isinstance(status, list) else [status]
    for one in instances:
        if len(instances) > 1:
            yield f"  {one['name']}:"
        yield from _facts(one)
    for worker in status.get("workers", ()) if isinstance(status, dict) else ():
        doing = f", runs {worker['task']}" if worker["task"] else ""
        yield (
            f"  {worker['name']}: {worker['state']} for {span(worker['since_s'])}, pid {worker['pid'] or '-'}, "
            f"generation {worker['generation']}, {worker['restarts']} restarts, {size(worker['rss_bytes'])}{doing}"
        )
    if told.get("restarts"):
        causes = ", ".join(f"{count} {cause.replace('_', ' ')}" for cause, count in told["restarts"].items())
        yield f"restarts by what ended the one before: {causes}"
    if told.get("draining"):
        yield "draining:"
        yield from (f"  {sentence(row)}" for row in told["draining"])
    if told.get("config"):
        yield "config in force:"
        yield from (f"  {key}: {_value(value)}" for key, value in told["config"].items())
    yield f"last deaths ({len(told['deaths'])}):" if told["deaths"] else "no deaths"
    for one in told["deaths"]:
        yield from (f"  {line}" for line in death(one))


def _facts(one: dict[str, Any]) -> Iterator[str]:
    for key, value in one.items():
        if key in ("name", "workers") or value in (None, "", []):
            continue
        if key.endswith("_bytes"):
            yield f"  {key.removesuffix('_bytes')}: {size(value)}"
        elif key.endswith("_s"):
            yield f"  {key.removesuffix('_s')}: {span(value)}"
        else:
            yield f"  {key}: {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(one)}" for key, one in value.items() if one is not None) or "-"
    if isinstance(value, list):
        return ", ".join(map(_value, value)) or "-"
    return str(value)
