"""Where the screen gets its figures, and where its keys go."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from supervisor.outside import client


class Source:
    """Asks the supervisor that listens at a socket. Blocking: call it from a thread."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._processes: dict[int, psutil.Process] = {}

    def status(self) -> tuple[dict[str, Any], dict[int, float]]:
        """Answer what `status` says, and the CPU of each process since the last time, in percent of one.

        Raises:
            supervisor.outside.client.NotRunningError: there is no supervisor.
            supervisor.outside.client.RefusedError: it did not answer.
        """
        status = client.ask(self._socket, "status")
        return status, self._cpu(_pids(status))

    def act(self, verb: str, args: dict[str, Any]) -> str:
        """Send a command; answer what came of it, also when it was refused."""
        try:
            client.ask(self._socket, verb, args)
        except (client.NotRunningError, client.RefusedError) as error:
            return str(error)
        return f"{verb} {args.get('name', '')} {args.get('count', '')}".strip()

    def _cpu(self, pids: Iterable[int]) -> dict[int, float]:
        wanted = set(pids)
        self._processes = {pid: process for pid, process in self._processes.items() if pid in wanted}
        found = {}
        for pid in wanted:
            with suppress(psutil.Error):
                process = self._processes.setdefault(pid, psutil.Process(pid))
                found[pid] = process.cpu_percent(None)
        return found


def _pids(status: dict[str, Any]) -> list[int]:
    workers = [one["pid"] for pool in status["pools"] for one in pool["workers"]]
    services = [status[name]["pid"] for name in ("gateway", "janitor", "store", "logger")
                if status.get(name) and "pid" in status[name]]  # fmt: skip
    return [pid for pid in (*workers, *(one["pid"] for one in status["programs"]), *services) if pid]
