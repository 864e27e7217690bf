"""`import`: a config made from the file of another supervisor."""

from pathlib import Path

import click

from supervisor.shell.asking import FAILED, USAGE, fail

_LIMIT = 4 << 20


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it there; default: print.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def import_(source: Path, output: Path | None, force: bool) -> None:
    """Make a config from PM2's ecosystem.config.json (or .yml) or from supervisord.conf.

    What has no place here is told as a comment, beside what it belongs to, and on standard error.
    """
    from supervisor.importing import ImportFileError, pm2, supervisord
    from supervisor.importing.document import written

    if source.stat().st_size > _LIMIT:
        fail(f"{source} is too large: at most {_LIMIT >> 20} MiB", USAGE)
    read = supervisord.read if source.suffix in (".conf", ".ini") else pm2.read
    try:
        imported = read(source.read_text(encoding="utf-8-sig"), str(source))
    except (ImportFileError, UnicodeDecodeError) as error:
        fail(str(error), USAGE)
    text = written(imported, source.name)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text, force=force)
    remarks = [*imported.remarks, *(f"{one.name}: {remark}" for one in imported.programs for remark in one.remarks)]
    click.echo(f"{len(imported.programs)} programs, {len(remarks)} remarks", err=True)
    for remark in remarks:
        click.echo(f"  {remark}", err=True)


def _write(output: Path, text: str, *, force: bool) -> None:
    try:
        with output.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(f"{output} is there already; --force writes over it", FAILED)
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}", FAILED)
