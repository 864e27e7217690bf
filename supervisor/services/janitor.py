"""The janitor's process: detached, so that it lives on when the supervisor is killed; the next one adopts it."""

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from config import SNAPSHOT_VARIABLE, Places
from supervisor.logger.files import LogFile
from supervisor.processes.child import Child, Launch, Nursery, is_dead
from supervisor.processes.pidfile import holder
from supervisor.services.rule import Hooks, Rule
from supervisor.services.service import Service

log = logging.getLogger(__name__)

_RULE = Rule(stop_timeout=10.0, kill_grace=1.0)


class Janitor(Service):
    """Duties: start it with a log file of its own, or adopt the one that holds the janitor's pid file."""

    def __init__(
        self,
        nursery: Nursery,
        config_file: Path,
        places: Places,
        env: Mapping[str, str],
        log_size: int,
        *,
        wake: Callable[[], None],
    ) -> None:
        hooks = Hooks(adopt=self._find_live, started=self._after_start)
        super().__init__("janitor", nursery, self._prepare, rule=_RULE, hooks=hooks, wake=wake)
        self._config_file = config_file
        self._places = places
        self._env = env
        self.log_size = log_size  # bytes
        self._output = -1

    def _prepare(self) -> Launch:
        # Its output does not go through the logger, which it outlives; so its file is rotated here.
        path = self._places.logs_dir / "janitor.log"
        if path.exists() and path.stat().st_size >= self.log_size:
            LogFile(path).rotate()
        self._output = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return Launch(
            command=(sys.executable, "-m", "janitor", "-c", str(self._config_file)),
            env=self._env,
            stdout=self._output,
            stderr=self._output,
            own_session=True,
        )

    def _after_start(self, child: Child | None) -> None:
        if self._output >= 0:
            os.close(self._output)
            self._output = -1
        if child is not None and child.adopted and self._reads_another_config(child.pid):
            log.info("janitor: it was started with another config: it is started anew")
            self.restart(time.monotonic())

    def _reads_another_config(self, pid: int) -> bool:
        """Tell whether an earlier supervisor gave it another config than ours; when nothing is known, no."""
        with suppress(OSError):
            mark = f"{SNAPSHOT_VARIABLE}=".encode()
            for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                if entry.startswith(mark):
                    return entry.removeprefix(mark) != os.fsencode(self._env.get(SNAPSHOT_VARIABLE, ""))
        return False

    def _find_live(self) -> tuple[int, int] | None:
        pid = holder(self._places.janitor_pid)
        if not pid:
            return None
        with suppress(OSError):
            pidfd = os.pidfd_open(pid)
            # Asked again with the pidfd in hand: the holder may have gone, and its number to somebody else.
            if holder(self._places.janitor_pid) == pid and not is_dead(pidfd):
                return pid, pidfd
            os.close(pidfd)
        return None
