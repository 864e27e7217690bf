"""The supervisor as the first process of a container: a PID namespace of its own, made with `unshare`.

Linux only, and only where a PID namespace may be made (root, or user namespaces allowed); elsewhere these tests fail:
what a container needs must not go untested silently. `unshare --kill-child` leaves nobody behind.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.supervisor.conftest import MakeHerd
from tests.support import processes
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

UNSHARE = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"])]
UNSHARE += ["--pid", "--fork", "--kill-child", "--mount-proc"]


class Contained:
    """A herd whose supervisor is PID 1 of its namespace; `pid` is its number out here."""

    def __init__(self, herd: Herd) -> None:
        command = [*UNSHARE, sys.executable, "-m", "supervisor", "-c", str(herd.path)]
        self.herd = herd
        with herd.log.open("ab") as log:
            self.outer = subprocess.Popen(
                processes.tethered(command), cwd=ROOT, env=herd.environment(), stdout=log, stderr=log
            )
        self.pid = eventually(self._first, 10, herd.tail)

    def _first(self) -> int:
        assert self.outer.poll() is None, self.herd.tail()
        children = psutil.Process(self.outer.pid).children()
        return children[0].pid if children and "supervisor" in " ".join(children[0].cmdline()) else 0

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.pid).children()


def pid_inside(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[-1]) for line in lines if line.startswith("NSpid:"))


def started(make_herd: MakeHerd, **wanted: Any) -> Contained:
    contained = Contained(make_herd(start=False, **wanted))
    eventually(lambda: "all workers running (2)" in contained.herd.tail(), 20, contained.herd.tail)
    return contained


def ended(contained: Contained, number: signal.Signals) -> int:
    os.kill(contained.pid, number)
    return contained.outer.wait(30)


def test_it_drains_on_term_and_exits_0_with_nobody_left(make_herd: MakeHerd) -> None:
    contained = started(make_herd)
    herd = contained.herd
    assert pid_inside(contained.pid) == 1
    handle = herd.client.enqueue("nap", {"seconds": 1}, keep=60)
    eventually(herd.starts.counts, 10, herd.tail)
    assert ended(contained, signal.SIGTERM) == 0, herd.tail()
    assert herd.all_pids() == []
    assert herd.starts.counts() == {handle.id: 1}


def test_strangers_that_it_inherits_are_reaped(make_herd: MakeHerd) -> None:
    orphan = "setsid sh -c 'sleep 0.5; exit 7' & setsid sleep 600 & exit 0"
    program = {"name": "careless", "command": ["sh", "-c", orphan], "restart": "never"}
    contained = started(make_herd, programs=[program])

    def inherited() -> list[psutil.Process]:
        return [child for child in contained.children() if "sleep 600" in " ".join(child.cmdline())]

    (stranger,) = eventually(inherited, 10, "an orphan's parent is PID 1")
    os.kill(stranger.pid, signal.SIGKILL)
    eventually(lambda: not inherited(), 5)

    def zombies() -> list[psutil.Process]:
        return [child for child in contained.children() if child.status() == psutil.STATUS_ZOMBIE]

    eventually(lambda: not zombies(), 10, zombies)
    assert ended(contained, signal.SIGTERM) == 0


def test_signals_without_a_default_action_for_pid_1_are_all_handled(make_herd: MakeHerd) -> None:
    contained = started(make_herd)
    os.kill(contained.pid, signal.SIGHUP)
    eventually(lambda: "SIGHUP received" in contained.herd.tail(), 5, contained.herd.tail)
    # Between namespaces only the forced ones come without a handler: that INT arrives shows that there is one.
    assert ended(contained, signal.SIGINT) == 0, contained.herd.tail()


def test_a_bad_config_ends_the_container_with_status_2(make_herd: MakeHerd) -> None:
    herd = make_herd(start=False)
    herd.path.write_text("pools: [{name: x}]\n")
    command = [*UNSHARE, sys.executable, "-m", "supervisor", "-c", str(herd.path)]
    said = subprocess.run(command, cwd=ROOT, env=herd.environment(), capture_output=True, check=False, timeout=30)
    assert said.returncode == 2, said.stderr
