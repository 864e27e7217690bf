"""`python -m supervisor.services.watcher`: tells changes of files on a pipe. The supervisor starts one a `watch`.

A process of its own, because the library that asks the kernel has threads, and the supervisor must have none. Each line
on the pipe is one batch of changes: how many files, and the first of them.
"""

import fnmatch
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

WRITE_FD = "HERDSMAN_WATCHER_FD"
# What editors, version control and interpreters write while nothing of the program has changed.
_NOISE = (
    ".git", ".hg", ".svn", "__pycache__", "node_modules", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".DS_Store",
    "*.pyc", "*.pyo", "*~", "*.swp", "*.swx", ".#*", "4913",
)  # fmt: skip


def ignored(path: str, roots: Sequence[str], patterns: Sequence[str]) -> bool:
    """Tell whether a change of this file means nothing. Pure.

    Args:
        path: the file, absolute.
        roots: what is watched, absolute.
        patterns: each is tried on every name of the path below its root, and on that path from its beginning.
    """
    below = next((os.path.relpath(path, root) for root in roots if Path(path).is_relative_to(root)), path)
    names = Path(path).parts[-1:] if below == "." else Path(below).parts
    starts = [str(Path(*names[: count + 1])) for count in range(len(names))]
    return any(
        fnmatch.fnmatchcase(part, pattern.rstrip("/")) for pattern in (*_NOISE, *patterns) for part in (*names, *starts)
    )


def main(arguments: list[str]) -> int:
    """Watch until told to leave; the exit status is 0, or 2 for a wrong start."""
    import argparse  # the supervisor imports this module for a name, and has no use for it

    parser = argparse.ArgumentParser(prog="python -m supervisor.services.watcher")
    parser.add_argument("--debounce-ms", type=int, required=True)
    parser.add_argument("--ignore", action="append", default=[])
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args(arguments)
    inherited = os.environ.get(WRITE_FD, "")
    if not inherited.isdigit():
        print("the watcher is started by the supervisor, not by hand", file=sys.stderr)  # noqa: T201
        return 2
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal; the supervisor says when to leave
    _watch(int(inherited), [os.path.abspath(path) for path in options.paths], options.ignore, options.debounce_ms)  # noqa: PTH100  lexical
    return 0


def _watch(fd: int, roots: list[str], patterns: list[str], debounce_ms: int) -> None:
    from watchfiles import watch

    def counts(_change: object, path: str) -> bool:
        return not ignored(path, roots, patterns)

    # A step is the quiet that ends a batch; a file that never rests must not put it off for ever.
    longest = max(10 * debounce_ms, 10_000)
    tell(fd, "ready\n")
    for changes in watch(*roots, watch_filter=counts, debounce=longest, step=debounce_ms, raise_interrupt=False):
        first = min(path for _change, path in changes)
        tell(fd, f"changed {len(changes)} {first!r}\n")


def tell(fd: int, line: str) -> None:
    """Write one line, short enough to be all or nothing."""
    data = line.encode(errors="backslashreplace")
    os.write(fd, data if len(data) <= 4096 else data[:4095] + b"\n")  # noqa: PLR2004  PIPE_BUF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
