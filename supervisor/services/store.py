"""The embedded store: a valkey-server that is our child, but outlives us; a later supervisor adopts it."""

import asyncio
import logging
import math
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.store_binary import Server
from supervisor.processes.child import Child, Launch, Nursery, is_dead
from supervisor.processes.children import Exit
from supervisor.services.restart import Policy
from supervisor.services.rule import Hooks, Rule
from supervisor.services.service import Service
from supervisor.services.states import State
from supervisor.services.store_config import APPEND_DIR, StoreFiles, advice, cut_tail, damage, lost_manifest

log = logging.getLogger(__name__)

_RULE = Rule(policy=Policy(base=0.25, cap=10.0), stop_timeout=30.0, kill_grace=3.0, settle=math.inf)
_LOG_TAIL = 16 * 1024
_PROBE_S = 2.0


class DamagedStoreError(OSError):
    """The data is damaged; starting the server would lose it."""


class Store(Service):
    """Duties: start the server, or adopt a live one of this data folder; know when it answers; tell of damage.

    It is never repaired and never started empty over data that is there.
    """

    def __init__(
        self,
        nursery: Nursery,
        server: Server,
        files: StoreFiles,
        text: str,
        env: Mapping[str, str],
        *,
        wake: Callable[[], None],
    ) -> None:
        hooks = Hooks(adopt=self._find_live, started=self._after_start, ended=self._died)
        super().__init__("store", nursery, self._prepare, rule=_RULE, hooks=hooks, wake=wake)
        self.server = server
        self.files = files
        self._text = text
        self._env = env
        self._log_start = 0
        self._output = -1
        self._damaged = False
        self._probe: asyncio.Task[None] | None = None

    def _prepare(self) -> Launch:
        folder = self.files.folder / APPEND_DIR
        if folder.is_dir() and lost_manifest([path.name for path in folder.iterdir()]):
            self._damaged = True
            raise DamagedStoreError(0, advice("its manifest file is missing", self.files))
        self._log_start = self.files.log_file.stat().st_size if self.files.log_file.exists() else 0
        # Not through the logger: it outlives the logger, too.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._output = fd = os.open(self.files.log_file, flags, 0o600)
        return Launch(
            command=(str(self.server.path), "-"),
            env=self._env,
            stdin=self._text.encode(),
            stdout=fd,
            stderr=fd,
            cwd=self.files.folder,
            own_session=True,
        )

    def _find_live(self) -> tuple[int, int] | None:
        """Answer the server that already runs on our folder, by pid and pidfd."""
        return find_live(self.files.pid_file, self.files.folder)

    def restore(self, saved: Mapping[str, Any]) -> None:
        """See Service; a server that was starting is asked on."""
        super().restore(saved)
        if self.state is State.STARTING:
            self._probe = self._nursery.loop.create_task(self._watch_start())

    def _after_start(self, child: Child | None) -> None:
        if self._output >= 0:
            os.close(self._output)
            self._output = -1
        if child is not None:
            self._probe = self._nursery.loop.create_task(self._watch_start())

    async def _watch_start(self) -> None:
        pause = 0.02
        while self.state is State.STARTING:
            said = await ping(self.files.socket, _PROBE_S)
            if said == "+PONG":
                self.up(time.monotonic())
                self._say_cut_tail()
                log.info("store: %s answers (version %s)", self.files.socket, self.server.version)
                return
            self.error = f"it does not answer yet ({said})"
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 1.0)

    def _died(self, end: Exit) -> None:
        if self._probe is not None:
            self._probe.cancel()
            self._probe = None
        if self.state is State.DRAINING:
            return
        said = damage(self._new_log())
        if said is None:
            self.error = f"it died: {end}; see {self.files.log_file}"
            return
        self._damaged = True
        self.error = advice(said, self.files)
        log.error("store: %s", self.error)

    def _back_off(self, now: float, cause: str) -> None:
        super()._back_off(now, cause)
        if self._damaged:
            # Waiting for a human: one look now and then, so that the complaint stays readable.
            self._damaged = False
            self.due = now + self.rule.policy.cap

    def _say_cut_tail(self) -> None:
        if cut_tail(self._new_log()):
            log.warning(
                "store: the end of its data was an unfinished write, which was dropped; see %s", self.files.log_file
            )

    def _new_log(self) -> str:
        """Answer what the server wrote since it was started."""
        with suppress(OSError), self.files.log_file.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(self._log_start, size - _LOG_TAIL))
            return file.read().decode(errors="replace")
        return ""


async def ping(path: Path, patience: float) -> str:
    """Ask a server over its unix socket; answer the line it said, or why there is none."""
    writer = None
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(b"PING\r\n")
            return (await reader.readline()).decode(errors="replace").strip()
    except TimeoutError:
        return "no answer in time"
    except (OSError, ValueError) as error:
        return str(error)
    finally:
        if writer is not None:
            writer.close()


def find_live(pid_file: Path, folder: Path) -> tuple[int, int] | None:
    """Answer pid and pidfd of a live server that works in `folder`; the pidfd is the caller's.

    First the pidfd, then the look: whatever /proc said was said of this very process, if it still lives after.
    """
    try:
        pid = int(pid_file.read_text())
        pidfd = os.pidfd_open(pid)
    except (OSError, ValueError):
        return None
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        same = os.path.realpath(f"/proc/{pid}/cwd") == os.path.realpath(folder)
    except OSError:
        command, same = b"", False
    if same and (b"valkey" in command or b"redis" in command) and not is_dead(pidfd):
        return pid, pidfd
    os.close(pidfd)
    return None
