"""Print the scoreboard of a live supervisor: `python -m scoreboard [--pid PID | --data-dir DIR] [--json]`.

Exit status: 0 printed, 1 the board is of another layout version, 2 wrong usage, 3 not running.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from scoreboard.find import NotFoundError, open_board, pid_of
from scoreboard.layout import LayoutError
from scoreboard.report import collect
from scoreboard.show import show

FAILED = 1
NOT_RUNNING = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status. `arguments` None: those of the process."""
    options = _parser().parse_args(arguments)
    try:
        pid = pid_of(options.data_dir) if options.pid is None else options.pid
        with open_board(pid) as board:
            report = collect(board, time.monotonic_ns())
    except NotFoundError as error:
        print(error, file=sys.stderr)
        return NOT_RUNNING
    except LayoutError as error:
        print(error, file=sys.stderr)
        return FAILED
    print(json.dumps(report, indent=2) if options.json else show(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scoreboard",
        description="Print what a live supervisor and its workers say of themselves.",
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--pid", type=int, help="the supervisor, or any process of its herd")
    place.add_argument(
        "--data-dir",
        type=Path,
        default=Path(".herdsman"),
        help="the data_dir of the configuration (default: .herdsman here)",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
