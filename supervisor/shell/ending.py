"""Exit statuses of the command line, and how it ends with one. Small: the supervisor itself is started by way of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from config import Config

DONE, FAILED, USAGE, NOT_RUNNING = 0, 1, 2, 3


def load_or_exit(path: Path) -> "Config":
    """Answer the checked config; a bad one is told whole, with status 2."""
    from config import ConfigError, load

    try:
        return load(path)
    except ConfigError as error:
        fail(str(error), USAGE)


def fail(text: str, status: int) -> NoReturn:
    """Print why and exit with a status."""
    print(text, file=sys.stderr)  # noqa: T201  a command line's answer
    sys.exit(status)
