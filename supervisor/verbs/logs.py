"""`logs`: what was written."""

from pathlib import Path

import click

from supervisor.asking import FAILED, fail, load_or_exit, places


@click.command()
@click.argument("name", required=False)
@click.option("-f", "--follow", "on", is_flag=True, help="Go on showing what is written.")
@click.option("--lines", default=50, show_default=True, type=click.IntRange(min=0), help="How many to begin with.")
@click.pass_obj
def logs(path: Path, name: str | None, on: bool, lines: int) -> None:
    """Show the log of NAME (a pool, a program, supervisor, gateway, janitor, store), or all of them."""
    from supervisor.tail import NoLogError, follow, last_lines

    config = load_or_exit(path)
    silent = {"supervisor", "gateway", "janitor", "store"}
    silent |= {pool.name for pool in config.pools} | {program.name for program in config.programs}
    folder = places(path).logs_dir
    try:
        for line in last_lines(folder, name, lines, silent):
            click.echo(line)
        if on:
            for line in follow(folder, name, silent=silent):
                click.echo(line)
    except NoLogError as error:
        fail(str(error), FAILED)
    except KeyboardInterrupt:
        return
