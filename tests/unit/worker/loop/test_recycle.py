import subprocess
import sys

import pytest

from scoreboard import ExitReason
from worker.loop.recycle import Scales, age_limit, jobs_limit, too_large, verdict

MB = 1 << 20


def test_no_two_workers_of_a_pool_recycle_after_as_many_jobs() -> None:
    limits = [jobs_limit(1000, rank, 8) for rank in range(8)]
    assert len(set(limits)) == 8
    assert min(limits) == 1000
    assert max(limits) < 1250


def test_nought_means_never() -> None:
    assert jobs_limit(0, 3, 4) == 0
    assert verdict(10**9, 0, 10**9, None) is None


@pytest.mark.parametrize(
    ("jobs", "rss", "expected"),
    [(99, 10, None), (100, 10, ExitReason.RECYCLE_JOBS), (5, 101 * MB, ExitReason.RECYCLE_MEMORY)],
)
def test_enough_jobs_or_too_much_memory(jobs: int, rss: int, expected: ExitReason | None) -> None:
    assert expected is verdict(jobs, 100, rss, 100 * MB)


def test_the_hard_limit_is_half_as_much_again() -> None:
    assert not too_large(150 * MB, 100 * MB)
    assert too_large(151 * MB, 100 * MB)
    assert not too_large(10**12, None)


def test_no_two_workers_of_a_pool_become_equally_old() -> None:
    limits = [age_limit(3600, rank, 8) for rank in range(8)]
    assert len(set(limits)) == 8
    assert (min(limits), max(limits) < 1.25 * 3600) == (3600, True)
    assert age_limit(0, 3, 4) == 0


def test_a_worker_weighs_itself_and_what_it_started() -> None:
    weigh = Scales(100 * MB)
    alone = weigh()
    assert alone > MB
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; x = b'1' * (64 << 20); print(1, flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        heavy = weigh()
        child.kill()
    assert heavy > alone + 60 * MB
