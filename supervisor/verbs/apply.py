"""`apply`: make what runs follow the config file."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from supervisor.shell.asking import FAILED, USAGE, ask, fail

_LOOK_S = 0.2


@click.command()
@click.option("--dry-run", is_flag=True, help="Show the differences and stop.")
@click.option("--yes", is_flag=True, help="Do not ask (it is asked on a terminal only).")
@click.option("--reset", is_flag=True, help="Drop what was set at run time (scale, stop), too.")
@click.option("--no-wait", is_flag=True, help="Do not wait until it is done.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON (docs/apply.md).")
@click.pass_obj
def apply(path: Path, *, dry_run: bool, yes: bool, reset: bool, no_wait: bool, as_json: bool) -> None:
    """Show what differs between the config file and what runs, and do what the differences need, no more.

    Exit status: 0 done (or nothing to do), 1 failed or rolled back, 2 the file is not good, 3 no supervisor runs.
    """
    found = ask(path, "apply", {"dry_run": True, "reset": reset})
    if found["bad_file"]:
        fail(found["bad_file"], USAGE)
    work = bool(found["changes"]) or any(one["dropped"] for one in found["overrides"])
    if not as_json:
        click.echo(_shown(found))
    if dry_run or not work:
        if as_json:
            click.echo(json.dumps(found, indent=2))
        return
    if found["refusals"]:
        _end(found, {"stage": "failed", "error": "; ".join(found["refusals"])}, as_json=as_json)
    if not yes and not as_json and sys.stdin.isatty() and sys.stdout.isatty():
        click.confirm("Apply?", abort=True)
    job = ask(path, "apply", {"expect": found["hash"], "reset": reset})
    if not no_wait:
        job = _waited(path, job, quiet=as_json)
    _end(found, job, as_json=as_json)


def _waited(path: Path, job: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    said = ""
    while job["stage"] not in ("done", "failed"):
        time.sleep(_LOOK_S)
        job = ask(path, "apply", {"id": job["id"]})
        news = f"{job['stage']}: {'; '.join(line.splitlines()[0] for line in job['waits_for'])}".rstrip(": ")
        if news != said and not quiet and sys.stderr.isatty():
            click.echo(news, err=True)
        said = news
    return job


def _end(found: dict[str, Any], job: dict[str, Any], *, as_json: bool) -> None:
    failed = job["stage"] == "failed"
    if as_json:
        click.echo(json.dumps({**found, **job}, indent=2))
    elif failed:
        fail(f"failed: {job['error']}", FAILED)
    else:
        click.echo("done" if job["stage"] == "done" else f"under way, apply {job['id']}; `status` shows it")
    if failed:
        sys.exit(FAILED)


def _shown(found: dict[str, Any]) -> str:
    lines = []
    for change in found["changes"]:
        head = f"{change['path']}: "
        if change["old"] and change["old"] == change["new"]:
            lines.append(click.style(f"~ {head}changed (not shown)", fg="yellow"))
        elif change["old"] and change["new"]:
            lines.append(click.style(f"~ {head}{change['old']} -> {change['new']}", fg="yellow"))
        else:
            sign, colour = ("+", "green") if change["new"] else ("-", "red")
            lines.append(click.style(f"{sign} {head}{change['new'] or change['old']}", fg=colour))
        lines.append(f"    {', '.join(change['needs'])}")
    lines += [
        f"override {one['name']}: {one['text']}{': is dropped' if one['dropped'] else ''}" for one in found["overrides"]
    ]
    if not found["changes"]:
        lines.append(f"nothing to do: {found['file']} is what runs (config {found['running']})")
    else:
        lines += ["", *(f"* {action}" for action in found["actions"])]
    lines += [click.style(f"refused: {why}", fg="red") for why in found["refusals"]]
    if found["under_way"]:
        lines.append(f"apply {found['under_way']} is under way: this one waits for it")
    return "\n".join(lines)
