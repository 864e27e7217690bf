import time
from types import SimpleNamespace

import pytest

from worker import current_job
from worker.run.context import running


def test_outside_a_job_there_is_none_and_it_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match="call it inside a task"):
        current_job()


def test_a_job_knows_its_attempt_and_how_long_it_has() -> None:
    job = SimpleNamespace(id="1-2-3", type="t", queue="q", token=9, attempts=2, crashes=1, options=b"")
    token = running.set((job, time.monotonic_ns() + 10**9))
    try:
        found = current_job()
        assert (found.id, found.attempt, found.crashes, found.token) == ("1-2-3", 3, 1, 9)
        remaining = found.remaining()
        assert remaining is not None
        assert 0.5 < remaining <= 1.0
    finally:
        running.reset(token)
