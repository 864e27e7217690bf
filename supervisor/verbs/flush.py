"""`flush`: empty the logs."""

import os
from pathlib import Path

import click

from supervisor.shell.asking import FAILED, fail, places


@click.command()
@click.argument("name", required=False)
@click.pass_obj
def flush(path: Path, name: str | None) -> None:
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
    for log in chosen:
        size = log.stat().st_size
        for old in numbered(log).values():
            size += old.stat().st_size
            old.unlink(missing_ok=True)
        os.truncate(log, 0)
        click.echo(f"{log.stem}: {size} bytes removed")
    if not chosen:
        click.echo("there are no logs")
