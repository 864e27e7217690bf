"""What is asked of each supervisor: start, stop, reload, and jobs offered to its workers."""

import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

import psutil
import redis

from bench.footprint import members
from bench.herd import ROOT, until

SCRIPT = ROOT / "bench" / "rivals" / "list_worker.py"


class MissingError(Exception):
    """Its program is not on this machine."""


def program(name: str) -> str:
    """Where it is: on PATH, or in a folder of BENCH_RIVALS (separated by colons).

    Raises:
        MissingError: in none of them.
    """
    found = shutil.which(name, path=os.environ.get("BENCH_RIVALS", "") + ":" + os.environ["PATH"])
    if found is None:
        raise MissingError(f"{name} is not here (BENCH_RIVALS names the folders to look in)")
    return found


class Contender(ABC):
    """One supervisor with ``count`` workers; ``lines`` of log a second each, 0 = they take jobs.

    needs: its program. note: what must be said beside its figures.
    """

    name = ""
    needs = "python3"
    note = ""

    def __init__(self, folder: Path, store: str, count: int, lines: int = 0) -> None:
        self.folder, self.store, self.count, self.lines = folder, store, count, lines
        self.mark = f"{os.getpid()}-{folder.name}"
        self._ready = folder / "ready"
        self._ready.mkdir()
        self.env = {
            **os.environ,
            "BENCH_MARK": self.mark,
            "BENCH_READY": str(self._ready),
            "BENCH_STORE": store,
            "SPT_NOENV": "1",
            "PYTHONPATH": str(ROOT),
        }

    @property
    def command(self) -> list[str]:
        """A worker's own command line, for those that run any."""
        return [sys.executable, str(SCRIPT), *([str(self.lines)] if self.lines else [])]

    def ready(self) -> set[int]:
        """Workers that have said so and still live."""
        return {int(path.name) for path in self._ready.iterdir() if Path("/proc", path.name).exists()}

    def up(self) -> None:
        """Start, and return when all workers are ready."""
        self.start()
        until(lambda: len(self.ready()) == self.count, 60)

    def processes(self) -> list[psutil.Process]:
        """All that it runs, itself included."""
        return members(self.mark)

    def run(self, *command: str) -> None:
        """A command of its own, quietly.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        subprocess.run(command, env=self.env, cwd=self.folder, check=True, capture_output=True, timeout=120)

    def launch(self, *command: str) -> None:
        """The supervisor itself, its output in a file."""
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(command, env=self.env, cwd=self.folder, stdout=output, stderr=output)

    _process: "subprocess.Popen[bytes]"

    @abstractmethod
    def start(self) -> None:
        """Have it run its workers."""

    @abstractmethod
    def reload(self) -> None:
        """Its own gentlest way to have new code in all workers; may return before it is done."""

    def stop(self) -> None:
        """End it and all its workers: TERM to what was launched."""
        self._process.terminate()
        self._process.wait(60)

    def offer(self, number: int, seconds: float) -> None:
        """One job that takes so long."""
        with redis.Redis.from_url(self.store) as client:
            client.rpush("bench:list", f"{number} {seconds}")

    def lost(self, offered: int) -> int:
        """How many of the jobs offered were never done: asked when nothing is left to do."""
        with redis.Redis.from_url(self.store) as client:
            until(lambda: client.llen("bench:list") == 0, 60)
            with suppress(TimeoutError):
                until(lambda: client.scard("bench:done") == offered, 3)
            return offered - int(client.scard("bench:done"))
