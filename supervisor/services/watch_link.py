"""The supervisor's side of a watcher: keeps its process alive and hears of changes."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from config.watch import Watch
from supervisor.processes.child import Launch, Nursery
from supervisor.processes.outputs import Outputs
from supervisor.services.rule import Rule
from supervisor.services.service import Service
from supervisor.services.watcher import WRITE_FD

if TYPE_CHECKING:
    import asyncio

_READ = 65536


class WatchLink:
    """Duties: one watcher for one `watch`; call `changed` with the first file of each batch.

    The pipe is ours, both ends, and outlives each watcher.
    """

    def __init__(
        self,
        name: str,
        watch: Watch,
        nursery: Nursery,
        outputs: Outputs,
        env: Mapping[str, str],
        *,
        changed: Callable[[str], None],
        wake: Callable[[], None],
    ) -> None:
        self._name = name
        self._watch = watch
        self._loop: asyncio.AbstractEventLoop = nursery.loop
        self._outputs = outputs
        self._env = env
        self._changed = changed
        self._rest = b""
        self._read_end, self._write_end = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._read_end, False)
        self._loop.add_reader(self._read_end, self._readable)
        self.service = Service(f"{name}.watcher", nursery, self._launch, rule=Rule(stop_timeout=2.0), wake=wake)

    def close(self) -> None:
        """Hear of no more changes; for when the watcher is gone."""
        if self._read_end >= 0:
            self._loop.remove_reader(self._read_end)
            os.close(self._read_end)
            os.close(self._write_end)
            self._read_end = self._write_end = -1

    def _launch(self) -> Launch:
        output = self._outputs.pipe(f"{self._name}.watcher", self._name)
        options = ["--debounce-ms", str(int(self._watch.debounce * 1000))]
        options += [f"--ignore={pattern}" for pattern in self._watch.ignore]
        return Launch(
            command=(sys.executable, "-m", "supervisor.services.watcher", *options, "--", *map(str, self._watch.paths)),
            env={**self._env, WRITE_FD: str(self._write_end)},
            stdout=output,
            stderr=output,
            pass_fds=(self._write_end,),
            cwd=Path("/"),
            death_signal=signal.SIGTERM,
        )

    def _readable(self) -> None:
        try:
            data = os.read(self._read_end, _READ)
        except BlockingIOError:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            word, _, told = line.decode(errors="replace").partition(" ")
            if word == "changed":
                self._changed(told.partition(" ")[2])
