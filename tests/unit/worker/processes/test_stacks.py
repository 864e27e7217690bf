"""The stacks of all threads of a process that does not answer."""

import os
import signal
import time

from scoreboard import STACK_BYTES, STACK_SIGNAL, bounded
from tests.support.processes import eventually
from worker.processes import stacks


def test_a_process_in_a_loop_shows_where_it_is() -> None:
    fd = stacks.make(3)
    pid = os.fork()
    if pid == 0:
        stacks.install(fd)
        os.write(fd, b"ready")
        lose_oneself()
    try:
        eventually(lambda: stacks.read(fd) == "ready", 10)
        stacks.clear(fd)
        os.kill(pid, STACK_SIGNAL)
        eventually(lambda: " in lose_oneself\n" in stacks.read(fd), 10, lambda: stacks.read(fd))
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)


def lose_oneself() -> None:
    while True:
        time.sleep(0.01)


def test_long_stacks_lose_their_middle() -> None:
    fd = stacks.make(3)
    os.write(fd, b"first\n" + b"x" * 20 * STACK_BYTES + b"\nlast")
    said = stacks.read(fd)
    os.close(fd)
    assert len(said) <= STACK_BYTES
    assert said.startswith("first\n")
    assert said.endswith("\nlast")
    assert bounded("short") == "short"


def test_without_a_file_nothing_is_asked_and_nothing_said() -> None:
    stacks.install(stacks.NONE)
    stacks.clear(stacks.NONE)
    assert stacks.read(stacks.NONE) == ""
