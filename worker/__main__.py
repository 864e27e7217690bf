"""``python -m worker -c FILE --pool NAME``: one pool in the foreground. ``--zygote`` is for the supervisor alone."""

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Config
    from config.pools import Pool

USAGE = 2
CONTROL, LIFELINE, POOL_NUMBER = "HERDSMAN_CONTROL_FD", "HERDSMAN_LIFELINE_FD", "HERDSMAN_POOL_NUMBER"
SCOREBOARD = "HERDSMAN_SCOREBOARD_FD"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 done, 1 failed, 2 wrong usage or config, 3 boot failed."""
    options = _parser().parse_args(arguments)
    from worker.tasks.quiet_import import quietly  # imports follow the usage check, so that help is quick

    with quietly() if options.zygote and options.generation > 1 else contextlib.nullcontext():
        try:
            config, pool = _read(options)
        except _WrongUsage as error:
            return _complain(str(error))
        from worker.zygote import start

    if not options.zygote:
        return start.standalone(config, pool)
    missing = [name for name in (CONTROL, LIFELINE, SCOREBOARD) if not _number(name)]
    if missing:
        return _complain(
            f"--zygote is started by the supervisor, which sets {', '.join(missing)}; "
            "to run one pool by hand leave --zygote out"
        )
    inherited = start.Inherited(*(int(os.environ[name]) for name in (CONTROL, LIFELINE, SCOREBOARD)))
    number = int(os.environ.get(POOL_NUMBER, "0"))
    return start.supervised(config, pool, number, options.generation, inherited)


class _WrongUsage(Exception):
    """The text is complete and meant for people."""


def _read(options: argparse.Namespace) -> "tuple[Config, Pool]":
    """The file, and the pool that is meant.

    Raises:
        _WrongUsage: the file is not good, or has no such pool.
    """
    from worker.tasks.clashes import NameTaken, check_our_own

    try:
        check_our_own()
    except NameTaken as error:
        raise _WrongUsage(str(error)) from None
    from config import ConfigError, load  # it is ours, as is known now

    try:
        config = load(Path(options.config))
        config.tracing.refuse_missing(config.mark("tracing", "enabled"))
    except ConfigError as error:
        raise _WrongUsage(str(error)) from None
    names = [pool.name for pool in config.pools]
    if options.pool is None and len(names) == 1:
        options.pool = names[0]
    if options.pool not in names:
        asked = f"there is no pool {options.pool!r}" if options.pool else "say which with --pool"
        raise _WrongUsage(f"{options.config}: {asked}; pools: {', '.join(names) or 'none'}")
    return config, config.pools[names.index(options.pool)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worker", description="Run one pool of workers.")
    parser.add_argument("-c", "--config", default=os.environ.get("HERDSMAN_CONFIG", "config.yaml"), metavar="FILE")
    parser.add_argument("--pool", metavar="NAME", help="which pool of the file (may be left out if there is one)")
    parser.add_argument("--zygote", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--generation", type=int, default=1, help=argparse.SUPPRESS)
    return parser


def _number(name: str) -> bool:
    return os.environ.get(name, "").isdigit()


def _complain(message: str) -> int:
    print(message, file=sys.stderr)
    return USAGE


if __name__ == "__main__":
    sys.exit(main())
