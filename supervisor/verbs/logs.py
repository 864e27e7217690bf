"""`logs`: what was written."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import click

from supervisor.logs.log_record import LEVELS
from supervisor.shell.asking import FAILED, fail, load_or_exit, places
from supervisor.shell.naming import name_argument
from supervisor.terminal.options import no_colour

if TYPE_CHECKING:
    from supervisor.logs.log_filter import Filter
    from supervisor.logs.tail import Line

_COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta")
_FIRST = 50


class Duration(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer versions only
    """`10m`, `90s`, `1h 30m`: seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it as the config file does."""
        from config.units import duration

        try:
            return duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Regex(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer versions only
    """A regular expression."""

    name = "regex"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> re.Pattern[str]:
        """Compile it."""
        try:
            return re.compile(value)
        except re.error as error:
            self.fail(f"{value!r} is no regular expression: {error}", param, ctx)


@click.command()
@name_argument("name", services=True, required=False)
@click.option("-f", "--follow", "on", is_flag=True, help="Go on showing what is written.")
@click.option(
    "--lines", type=click.IntRange(min=0), help=f"How many to begin with; default {_FIRST}, all with --since."
)
@click.option("--worker", help="Only lines of this worker or instance, like default.2.")
@click.option("--job", help="Only lines written while this job ran.")
@click.option("--grep", type=Regex(), help="Only lines in which this is found.")
@click.option("--level", type=click.Choice(LEVELS), help="Only lines of this level and above; needs lines that say it.")
@click.option("--since", type=Duration(), help="Only what is no older, like 10m.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, whatever the files hold.")
@click.pass_obj
def logs(path: Path, /, name: str | None, on: bool, lines: int | None, as_json: bool, **asked: Any) -> None:
    """Show the log of NAME (a pool, a program, a worker, supervisor, gateway, janitor, store), or all of them."""
    from supervisor.logs.tail import NoLogError, follow, last_lines, sizes

    config = load_or_exit(path)
    silent = {"supervisor", "gateway", "janitor", "store"}
    silent |= {pool.name for pool in config.pools} | {program.name for program in config.programs}
    folder = places(path).logs_dir
    if name and "." in name and not asked["worker"] and name.partition(".")[0] in silent:
        name, asked["worker"] = name.partition(".")[0], name  # its lines stand in its pool's log
    wanted = _filter(asked)
    count = lines if lines is not None else None if wanted.since else _FIRST
    show: Callable[[Line], None] = _json if as_json else _printer()
    try:
        ends = sizes(folder, name, silent)
        for line in last_lines(folder, name, count, wanted, silent, ends):
            show(line)
        for line in follow(folder, name, wanted=wanted, ends=ends) if on else ():
            show(line)
    except NoLogError as error:
        fail(str(error), FAILED)
    except KeyboardInterrupt:
        return


def _filter(asked: dict[str, Any]) -> "Filter":
    from supervisor.logger.stamp import stamp
    from supervisor.logs.log_filter import Filter

    since = asked.pop("since")
    return Filter(**asked, since=None if since is None else stamp(time.time() - since))


def _json(line: "Line") -> None:
    click.echo(line.record.as_json(line.log))


def _printer() -> Callable[["Line"], None]:
    if no_colour() is False or not sys.stdout.isatty():
        return lambda line: click.echo(line.record.as_text())

    def coloured(line: "Line") -> None:
        record = line.record
        text = record.as_text()
        head = len(text) - len(record.line) if text.endswith(record.line) else 0
        colour = _COLOURS[crc32(record.worker.encode()) % len(_COLOURS)]
        click.echo(click.style(text[:head], fg=colour) + text[head:])

    return coloured
