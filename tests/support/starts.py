"""Every start and end of every job as the tasks themselves wrote it down, in a file that outlives any process.

A line is written by one ``write`` to a file opened for appending: lines of many processes never mix, and what was
written stays when the writer is killed.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from worker import current_job

PLACE = "HERDSMAN_TEST_STARTS"


class Line(NamedTuple):
    """One line; ``at`` is ``time.monotonic_ns``, which all processes of a host share."""

    event: str
    job: str
    attempt: int
    pid: int
    at: int


@contextmanager
def noted() -> Iterator[None]:
    """Inside a task: write down that it starts, and that it ends when it does, well or not."""
    _write("start")
    try:
        yield
    finally:
        _write("end")


def _write(event: str) -> None:
    job = current_job()
    line = f"{event} {job.id} {job.attempt} {os.getpid()} {time.monotonic_ns()}\n"
    file = os.open(os.environ[PLACE], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


class Starts:
    """What the file at ``path`` tells."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[Line]:
        """All of it, in the order it was written."""
        if not self._path.exists():
            return []
        rows = (row.split() for row in self._path.read_text(encoding="ascii").splitlines())
        return [Line(event, job, int(attempt), int(pid), int(at)) for event, job, attempt, pid, at in rows]

    def of(self, job: str) -> list[Line]:
        """The starts of one job."""
        return [line for line in self.lines() if line.event == "start" and line.job == job]

    def counts(self) -> Counter[str]:
        """How often each job was started."""
        return Counter(line.job for line in self.lines() if line.event == "start")

    def repeated(self) -> set[str]:
        """The jobs that were started more than once."""
        return {job for job, times in self.counts().items() if times > 1}

    def in_flight(self, at: int, grace: float = 0.1) -> set[str]:
        """The jobs in somebody's hands at ``at`` (ns): begun, and not ended ``grace`` seconds before that.

        The grace is for those that had ended but of which the store had not been told.
        """
        lines = self.lines()
        begun = {line.job for line in lines if line.event == "start" and line.at <= at}
        return begun - {line.job for line in lines if line.event == "end" and line.at <= at - grace * 1e9}
