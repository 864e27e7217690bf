"""Submit one job a file, and add up the results as they come."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from engine import Client, Job, JobState, NewJob
from engine.errors import StoreDown
from examples.codestats.ledger import Ledger
from examples.codestats.measure import Measures
from examples.codestats.progress import Progress
from examples.codestats.totals import Totals

CHUNK = 200
_PATIENCE = 60.0  # s without the store before giving up
_TURN = 0.5  # s: a wait is short, so that nobody's connection is held for long and the bar moves

T = TypeVar("T")


class Run:
    """One run over the files of ``root``: submits what the ledger does not know, then collects.

    The ledger makes it safe to kill: what was submitted is waited for, not submitted again. A job whose
    result is gone (its time to live passed while nobody collected it) is submitted anew.
    """

    def __init__(self, client: Client, root: Path, ledger: Ledger, progress: Progress) -> None:
        self._client = client
        self._root = root
        self._ledger = ledger
        self._progress = progress
        self.totals = Totals()

    def __call__(self, names: Sequence[str]) -> Totals:
        """Do it all.

        Raises:
            StoreDown: the store was away for a minute.
        """
        self._submit([name for name in names if name not in self._ledger.jobs])
        waiting = {self._ledger.jobs[name]: name for name in names}
        while waiting:
            self._collect(waiting)
            self._progress.show(self.totals.seen, len(self.totals.dead))
        return self.totals

    def _submit(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), CHUNK):
            chunk = names[start : start + CHUNK]
            jobs = [NewJob("codestats", {"path": str(self._root / name)}, queue="codestats") for name in chunk]
            ids = patiently(partial(self._client.enqueue_many, jobs))
            self._ledger.add(dict(zip(chunk, ids, strict=True)))

    def _collect(self, waiting: dict[str, str]) -> None:
        """One short wait for some of them; those not done yet go behind the others."""
        asked = list(waiting)[:CHUNK]
        patiently(partial(self._client.wait, asked, _TURN))
        found = patiently(partial(self._client.find_many, asked))
        lost = []
        for job_id in asked:
            name, job = waiting.pop(job_id), found.get(job_id)
            if job is None or (job.state is JobState.COMPLETED and job.result is None):
                lost.append(name)
            elif not self._count(name, job):
                waiting[job_id] = name
        self._submit(lost)
        waiting.update((self._ledger.jobs[name], name) for name in lost)

    def _count(self, name: str, job: Job) -> bool:
        """Add a finished job to the totals; False when it is not finished."""
        if job.state is JobState.COMPLETED:
            self.totals.add(Measures(**job.result))
        elif job.state in (JobState.DEAD, JobState.CANCELLED):
            error = job.error
            self.totals.bury(name, error.type if error else job.state, error.message if error else "")
        else:
            return False
        return True


def patiently(ask: Callable[[], T]) -> T:
    """Ask the store; while it is away (being restarted, say) ask again, for a minute.

    Raises:
        StoreDown: it did not come back.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return ask()
        except StoreDown:
            if time.monotonic() > until:
                raise
            time.sleep(_TURN)
