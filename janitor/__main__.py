"""`python -m janitor -c config.yaml`: run one janitor in the foreground until TERM or INT.

Its starter detaches it (own session); one at a time runs on a data_dir, the lock
on the pid file sees to it. Exit status: 0 stopped, or another one already runs;
2 wrong usage, a bad config file, or a data_dir that cannot be used.
"""

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the janitor; returns the exit status."""
    options = _parser().parse_args(arguments)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # a config.py where one stands must not hide ours
    gc.disable()  # loading leaves no garbage; looking for it meanwhile costs a seventh of the start
    import config
    from janitor.sweeping import run  # after the usage check, so that help is quick

    gc.enable()
    try:
        settings = config.load(Path(options.config))
    except config.ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return run(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m janitor",
        description="Promote due jobs, rescue those of lost workers, prune old records; until TERM or INT.",
    )
    default = os.environ.get("HERDSMAN_CONFIG")
    parser.add_argument(
        "-c", "--config", metavar="FILE", default=default, required=default is None, help="the config file"
    )
    return parser


def _close_standard_error() -> None:
    """Keep the exit status when nobody reads our log any more (our starter may be long dead)."""
    try:
        sys.stderr.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


if __name__ == "__main__":
    status = main()
    _close_standard_error()
    sys.exit(status)
