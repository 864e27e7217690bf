"""`flush`: empty the logs."""

import os
from contextlib import suppress
from pathlib import Path

import click

from supervisor.shell.asking import FAILED, fail, places, say_json
from supervisor.shell.naming import name_argument
from supervisor.terminal.options import json_option


@click.command()
@name_argument("name", required=False)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and stop.")
@json_option
@click.pass_obj
def flush(path: Path, name: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Empty the log of NAME, or all of them, with everything rotated. Whoever writes there writes on."""
    from supervisor.logger.rotation import numbered
    from supervisor.logs.tail import NoLogError, log_paths

    folder = places(path).logs_dir
    try:
        chosen = log_paths(folder, name)
    except NoLogError as error:
        fail(str(error), FAILED)
    # A pool's lines stand in the files of its workers, too.
    chosen += [worker for log in chosen for worker in sorted(folder.glob(f"{log.stem}.*.log"))]
    removed = {}
    for log in chosen:
        rotated = numbered(log).values()
        removed[log.stem] = sum(_emptied(file, log, dry_run=dry_run) for file in (*rotated, log))
    if as_json:
        say_json({"removed": removed, "dry_run": dry_run})
        return
    for stem, size in removed.items():
        click.echo(f"{stem}: {size} bytes {'would be ' if dry_run else ''}removed")
    if not chosen:
        click.echo("there are no logs")


def _emptied(file: Path, log: Path, *, dry_run: bool) -> int:
    """Empty the file that is being written, remove any other; answer its size, bytes (0: the logger was quicker)."""
    with suppress(FileNotFoundError):
        size = file.stat().st_size
        if not dry_run and file == log:
            os.truncate(file, 0)
        elif not dry_run:
            file.unlink()
        return size
    return 0
