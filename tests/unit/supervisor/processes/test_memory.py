"""How much memory a process holds, and how much of it is its own."""

import os

from scoreboard.memory import resident
from supervisor.processes.memory import shares


def test_what_is_shared_is_not_counted_as_ones_own() -> None:
    mine = shares(os.getpid())
    assert mine is not None
    assert 0 < mine.own <= mine.fair <= resident(os.getpid()) * 2


def test_a_process_that_is_gone_holds_nothing() -> None:
    assert (resident(2**22 + 1), shares(2**22 + 1)) == (0, None)
