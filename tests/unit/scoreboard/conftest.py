"""A board for each module of tests, and forked children that never outlive their test."""

import os
import signal
import warnings
from collections.abc import Callable, Iterator

import pytest

from scoreboard import Board

SLOTS = 5


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    with Board.create(SLOTS, pools=2) as made:
        yield made


@pytest.fixture
def fork() -> Iterator[Callable[[Callable[[], None]], int]]:
    """Fork a child that calls the function and exits; it is killed when the test ends."""
    children: list[int] = []

    def start(function: Callable[[], None]) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: under xdist there are idle threads
            pid = os.fork()
        if pid == 0:
            status = 1
            try:
                function()
                status = 0
            finally:
                os._exit(status)
        children.append(pid)
        return pid

    yield start
    for pid in children:
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # the test waited for it itself
