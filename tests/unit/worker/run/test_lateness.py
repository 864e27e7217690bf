import pytest

from engine import Backoff
from engine.payloads.payload import NO_OPTIONS, Options
from engine.store.claims import Claimed
from worker.run.lateness import Expired, RetriesOver, refuse_late
from worker.run.outcome import Policy

PLAIN = Policy(3, Backoff())
SHORT = Policy(3, Backoff(), retry_for=10.0)


def job(attempts: int = 0, crashes: int = 0) -> Claimed:
    return Claimed("1-1000-1", 1, 1000, 1, 7, "t", b"", b"", attempts, crashes, 1000, "default")


@pytest.mark.parametrize("options", [Options(x=5.0), Options(u=6.0)])
def test_a_job_is_not_started_after_its_expiry(options: Options) -> None:
    refuse_late(job(), PLAIN, options, 6000)
    with pytest.raises(Expired, match=r"expired: it was to start 0\.500 s ago"):
        refuse_late(job(), PLAIN, options, 6500)


@pytest.mark.parametrize("again", [job(attempts=1), job(crashes=1)])
def test_what_was_tried_once_does_not_expire(again: Claimed) -> None:
    refuse_late(again, PLAIN, Options(x=5.0), 60_000)


def test_only_retries_are_bound_by_retry_for() -> None:
    refuse_late(job(), SHORT, NO_OPTIONS, 60_000)
    refuse_late(job(attempts=1), SHORT, NO_OPTIONS, 11_000)
    with pytest.raises(RetriesOver, match="10 s"):
        refuse_late(job(attempts=1), SHORT, NO_OPTIONS, 11_001)
