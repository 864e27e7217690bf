import logging
from types import SimpleNamespace
from typing import Any

import pytest

from supervisor.pools.admission import Admission
from supervisor.pools.capacity import Memory
from supervisor.services.states import State

MB = 1 << 20


class Seats(list[Any]):
    """Workers that all run."""

    @property
    def running(self) -> int:
        return len(self)


class Pool:
    """As much of a pool as admission looks at."""

    name = "p"
    stopped = False

    def __init__(self, admission: str, desired: int, running: int = 0) -> None:
        self.config = SimpleNamespace(admission=admission)
        self.desired = desired
        self.start(running)

    def start(self, count: int) -> None:
        self.seats = Seats(SimpleNamespace(pid=1 + number, state=State.RUNNING) for number in range(count))

    @property
    def target(self) -> int:
        return self.desired

    def scale(self, count: int) -> int:
        self.desired = count
        return count


def admission(free: int, each: int = 50 * MB) -> Admission:
    return Admission(lambda _pid: each, lambda: Memory(1000 * MB, 1000 * MB - free))


def objection(ours: Admission, pool: Pool, asked: int) -> str:
    return ours.objection(pool, asked, 0.0)  # type: ignore[arg-type]  # stands for one


def look(ours: Admission, pool: Pool) -> None:
    ours.look([pool], 0.0)  # type: ignore[list-item]  # stands for one


def test_what_fits_is_not_objected_to_and_what_does_not_is_told_with_the_sum() -> None:
    ours, pool = admission(free=200 * MB), Pool("warn", 2, running=2)
    assert objection(ours, pool, 6) == ""
    assert objection(ours, pool, 7) == (
        "7 workers of pool p do not fit into memory: 5 more take about 50.0M each, 250.0M in all, "
        "and 200.0M of 1000.0M are free: at most 6"
    )


def test_fewer_workers_are_never_objected_to_nor_any_number_before_one_was_measured() -> None:
    assert objection(admission(free=0), Pool("refuse", 5, running=5), 4) == ""
    assert objection(admission(free=0), Pool("refuse", 0), 4) == ""


def test_workers_that_are_still_to_come_have_their_memory_kept_for_them() -> None:
    assert "at most 5" in objection(admission(free=200 * MB), Pool("warn", 4, running=1), 9)


def test_refusal_starts_one_first_and_then_as_many_as_fit(caplog: pytest.LogCaptureFixture) -> None:
    ours, pool = admission(free=200 * MB), Pool("refuse", 8)
    look(ours, pool)
    assert (pool.desired, ours.pending) == (1, True)
    pool.start(1)
    look(ours, pool)
    assert (pool.desired, ours.pending) == (5, False)
    assert "memory for about 5 of 8 workers" in caplog.text


def test_refusal_of_what_fits_starts_all_of_them() -> None:
    ours, pool = admission(free=2000 * MB), Pool("refuse", 8)
    look(ours, pool)
    pool.start(1)
    look(ours, pool)
    assert (pool.desired, ours.pending) == (8, False)


def test_a_warning_is_given_once_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    ours, pool = admission(free=200 * MB), Pool("warn", 8)
    look(ours, pool)
    pool.start(1)
    look(ours, pool)
    look(ours, pool)
    assert (pool.desired, len(caplog.records)) == (8, 1)


def test_off_is_off(caplog: pytest.LogCaptureFixture) -> None:
    ours, pool = admission(free=0), Pool("off", 8, running=1)
    look(ours, pool)
    assert (pool.desired, caplog.records) == (8, [])
