"""A herd in a container of the simplest kind: a PID namespace of its own, made with `unshare`.

Linux only, and only where one may be made (root, or user namespaces allowed); elsewhere such tests fail: what a
container needs must not go untested silently. `--kill-child` leaves nobody behind.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tests.support import processes
from tests.support.architecture import ROOT
from tests.support.herd import Herd
from tests.support.processes import eventually

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

    def ready(self) -> "Contained":
        """Wait until all its workers run."""
        eventually(lambda: "all workers running" in self.herd.tail(), 20, self.herd.tail)
        return self

    def end(self, number: signal.Signals) -> int:
        """Send it a signal; answer the exit status of the container."""
        os.kill(self.pid, number)
        return self.outer.wait(30)

    def children(self) -> list[psutil.Process]:
        """The children of PID 1."""
        return psutil.Process(self.pid).children()


def pid_inside(pid: int) -> int:
    """The number that a process has in its own namespace."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[-1]) for line in lines if line.startswith("NSpid:"))
