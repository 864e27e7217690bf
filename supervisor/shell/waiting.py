"""The command line's side of a drain: shows whom it waits for until nobody is left."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from supervisor.terminal.progress import Progress

_POLL_S = 0.2
_AGAIN_S = 5.0


class Watcher:
    """Says each job that is waited for once, and how many there are when that changes or it has been silent."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._known: set[tuple[str, str]] = set()
        self._count = 0
        self._said = 0.0

    def look(self, rows: list[dict[str, Any]], wall: datetime) -> None:
        """Take in `draining` of a status; `wall` is now, in the reader's time zone."""
        jobs = [row for row in rows if row["job"] is not None]
        new = [row for row in jobs if (row["worker"], row["job"]) not in self._known]
        now = self._clock()
        if not jobs or not (new or len(jobs) != self._count or now - self._said >= _AGAIN_S):
            return
        self._known |= {(row["worker"], row["job"]) for row in new}
        self._count, self._said = len(jobs), now
        self._say(f"waiting for {len(jobs)} job{'s' if len(jobs) > 1 else ''}")
        for row in new:
            self._say("  " + line(row, wall))


def line(row: dict[str, Any], wall: datetime) -> str:
    """Say one row of `draining` for somebody who looks at a clock. Pure."""
    limit = row["deadline_s"]
    at = "" if limit is None else f"{(wall + timedelta(seconds=limit)).strftime('%H:%M:%S')}"
    end = f"killed at {at} at the latest (in {limit:.0f} s)" if at else "no deadline"
    return f"{row['type'] or 'job'} {row['job']} on {row['worker']} since {row['since_s']:.0f} s, {end}"


def until(gone: Callable[[], bool], rows: Callable[[], list[dict[str, Any]]], broken: str) -> None:
    """Show on standard error whom is waited for until `gone` says that it is over.

    Args:
        gone: whether it is over.
        rows: `draining` of a status.
        broken: what becomes of it when somebody does not want to wait any longer (Ctrl-C, status 1).
    """
    with Progress("drained", 0, broken=broken, quiet=True) as progress:
        watcher = Watcher(progress.say)
        known: set[tuple[str, str]] = set()
        while not gone():
            found = rows()
            watcher.look(found, datetime.now().astimezone())
            left = {(row["worker"], row["job"] or "") for row in found}
            known |= left
            progress.at(len(known - left), len(known))
            time.sleep(_POLL_S)
