"""Options that many verbs have: `--json`, those of a table, `--watch`; and whether there is colour."""

import os
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from .table import Look

F = TypeVar("F", bound=Callable[..., Any])
Looking = Callable[[], Look]
"""How a table is to be shown, as wide as the terminal is at that moment."""

_EVERY = 2.0  # seconds
_SOONEST = 0.1

STATE_COLOURS = {
    "RUNNING": "green", "STARTING": "cyan", "DRAINING": "yellow", "BACKOFF": "red", "FATAL": "red",
    "STOPPED": "bright_black", "EXITED": "bright_black",
    "scheduled": "magenta", "processing": "blue", "completed": "green", "dead": "red", "failed": "red",
    "cancelled": "bright_black", "running": "blue", "busy": "blue", "idle": "green",
}  # fmt: skip


def no_colour() -> bool | None:
    """Answer what click is to take for `color`: False where it is not wanted; None: wherever there is a terminal."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def state(text: str) -> str:
    """Answer the word for a state with its colour; click leaves that out where there is none."""
    return click.style(text, fg=STATE_COLOURS.get(text))


def json_option(verb: F) -> F:
    """Give a verb `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")(verb)


def watch_option(verb: F) -> F:
    """Give a verb `watch`: seconds between two looks, None where one is enough."""
    return click.option(
        "--watch", type=click.FloatRange(min=_SOONEST), metavar="[SECONDS]", is_flag=False, flag_value=_EVERY,
        help=f"Look again and again, every {_EVERY:g} seconds or so many, until Ctrl-C.",
    )(verb)  # fmt: skip


def table_options(verb: F) -> F:
    """Give a verb `looking`: how its table is to be shown, asked anew at each look."""

    @click.option("--wide", is_flag=True, help="All columns, uncut, however narrow the terminal is.")
    @click.option("--no-header", is_flag=True, help="Without the line of heads.")
    @click.option("--columns", metavar="A,B,…", help="Only these columns, in this order.")
    @wraps(verb)
    def with_look(*args: Any, wide: bool, no_header: bool, columns: str | None, **given: Any) -> Any:
        chosen = tuple(name.strip().lower() for name in (columns or "").split(",") if name.strip())
        return verb(*args, looking=lambda: Look(None if wide else _width(), not no_header, chosen), **given)

    return with_look  # type: ignore[return-value]  # the same verb, with other options


def _width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
