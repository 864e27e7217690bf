"""Who a line is from: the log it belongs to, the worker, its generation and the job it ran when the line was read."""

from typing import NamedTuple

from scoreboard import Board, WorkerRecord


class Origin(NamedTuple):
    """`generation` is 0 and `job` and `type` are empty where there is none, or more than one."""

    log: str
    worker: str
    generation: int = 0
    job: str = ""
    type: str = ""

    def of(self, job: str, kind: str) -> "Origin":
        """Answer the same worker with another job."""
        return self._replace(job=job, type=kind)


class Origins:
    """Duties: look a worker's generation and job up on the scoreboard."""

    def __init__(self, board: Board | None) -> None:
        self._board = board
        self._records: dict[int, WorkerRecord] = {}

    def find(self, log: str, worker: str, slot: int) -> Origin:
        """Answer who speaks; a slot below 0 is no worker's."""
        if self._board is None or not 0 <= slot < self._board.slots:
            return Origin(log, worker)
        record = self._records.get(slot)
        if record is None:
            record = self._records[slot] = self._board.worker(slot)
        seen = record.job_seen()
        job = "-".join(map(str, seen.job)) if seen.job else ""
        return Origin(log, worker, seen.generation, job, seen.type)
