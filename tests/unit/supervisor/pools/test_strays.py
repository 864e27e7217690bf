import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from supervisor.pools.strays import Strays, mark_of
from tests.support.processes import eventually

MARK = {**os.environ, "HERDSMAN_WORKER": "mail.3:abc"}


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "1000"], env=MARK, start_new_session=True) as process:
        # Popen returns in the midst of exec, a moment before the new environment stands.
        eventually(lambda: mark_of(process.pid) is not None)
        yield process
        process.kill()


def strays(known: set[int], live: set[int], killed: Counter[str] | None = None) -> Strays:
    return Strays(known, lambda: live, Counter() if killed is None else killed)


def test_a_marked_child_of_ours_is_killed_when_its_worker_lives_no_more(sleeper: subprocess.Popen[bytes]) -> None:
    killed: Counter[str] = Counter()
    assert strays(set(), {0xABC}, killed).sweep() == 0
    ours = strays(set(), {1, 2}, killed)
    assert ours.sweep() == 1
    ours.sweep()
    assert sleeper.wait(5) == -signal.SIGKILL
    assert killed == {"mail": 1}
    assert ours.sweep() == 0


def test_one_that_somebody_here_has_started_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    assert strays({sleeper.pid}, set()).sweep() == 0
    assert sleeper.poll() is None


def test_a_child_without_a_mark_is_left_alone() -> None:
    plain = {name: value for name, value in os.environ.items() if name != "HERDSMAN_WORKER"}
    with subprocess.Popen(["sleep", "1000"], env=plain) as process:
        assert strays(set(), set()).sweep() == 0
        assert mark_of(process.pid) is None
        process.kill()


def test_what_was_only_forked_bears_the_mark_whatever_it_closes() -> None:
    code = (
        "import os, sys\nfrom worker.processes.mark import leave_mark\nleave_mark('mail.3', 0xabc)\n"
        "child = os.fork()\nif child == 0:\n    os.setsid()\n"
        "    os.closerange(3, 99)\n    os.read(0, 1)\n    os._exit(0)\n"
        "print(child, flush=True)\nos.waitpid(child, 0)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        mark = mark_of(int(process.stdout.readline()))
    assert mark is not None
    assert (mark.worker, mark.incarnation) == ("mail.3", 0xABC)


def test_it_looks_once_a_second_soon_after_events_and_at_the_end_waits_no_longer_than_it_must() -> None:
    ours = strays(set(), set())
    assert ours.reconcile(10.0) == 11.0
    assert ours.reconcile(10.05) == 10.1
    assert ours.reconcile(10.1) == pytest.approx(11.1)
    assert not ours.remain(20.0)


def test_one_that_cannot_die_does_not_keep_the_supervisor(sleeper: subprocess.Popen[bytes]) -> None:
    ours = strays(set(), set())
    ours.sweep = lambda: 1  # type: ignore[method-assign]  # one that hangs in the kernel
    assert ours.remain(20.0)
    assert ours.remain(21.9)
    assert not ours.remain(22.0)
    assert sleeper.poll() is None
