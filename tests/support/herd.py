"""A real herd for a test: supervisor, workers and all the rest, in a folder and on ports of its own."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import psutil
import yaml

import config
from config import Places
from engine import Client
from engine.errors import EngineError
from supervisor.outside import client
from tests.support import processes, starts
from tests.support.architecture import ROOT
from tests.support.ports import free_port
from tests.support.servers import StoreServer

MARKER = "HERDSMAN_TEST_HERD"
READY_WITHIN = 20.0
STOPS_WITHIN = 45.0
# The first that fits a process's command line or title says what it is; forks look like the zygote at first.
_ROLES = {
    "logger": r"\blogger\b",
    "store": r"(valkey|redis)-server",
    "keeper": r"\bkeeper\b",
    "zygote": r"\bzygote\b",
    "janitor": r"\bjanitor\b",
    "gateway": r"\bgateway\b",
    "worker": r"\bworker\b",
    "supervisor": r"\bsupervisor\b",
}


class Herd:
    """One herd: ``start`` it, wait until it is ``ready``, do harm to it, and ``close`` it: nothing is left then.

    The pool is named default and runs ``tests.support.tasks``; ``pool`` and ``sections`` go into the config file over
    what stands here. Without ``url`` the store is an embedded one, of the kind ``server`` when that is given.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        server: StoreServer | None = None,
        pool: Mapping[str, Any] | None = None,
        with_gateway: bool = False,
        **sections: Any,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hm-"))  # short, and without a word that names a role
        self.log = self.folder / "log"
        self.path = self.folder / "c.yaml"
        self.gateway_port, self.metrics_port = free_port(), free_port()
        self.starts = starts.Starts(self.folder / "starts")
        gateway = {"port": self.gateway_port} if with_gateway else {"enabled": False}
        self.path.write_text(yaml.safe_dump(self._contents(url, pool or {}, {"gateway": gateway, **sections})))
        self.config = config.load(self.path, {})
        self.client = Client(config.store_url(self.config), namespace=config.namespace(self.config))
        self._marker = secrets.token_hex(8)
        self._server = server
        self._supervisor: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextmanager
    def running(cls, **said: Any) -> Iterator[Self]:
        """A herd that is up, for as long as the block lasts; made of the words that ``Herd`` takes."""
        herd = cls(**said)
        try:
            herd.start()
            herd.ready()
            yield herd
        finally:
            herd.close()

    @property
    def pid(self) -> int:
        """The supervisor's."""
        assert self._supervisor is not None
        return self._supervisor.pid

    def start(self) -> None:
        """Start the supervisor; returns at once."""
        command = [sys.executable, "-m", "supervisor", "-c", str(self.path)]
        with self.log.open("ab") as log:
            self._supervisor = subprocess.Popen(
                processes.tethered(command, "TERM"),
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def ready(self) -> None:
        """Wait until every worker that is wanted is there, and the gateway and the metrics answer."""
        processes.eventually(self._is_ready, READY_WITHIN, self.tail)

    def command(self, *verb: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of the supervisor's command line against this herd."""
        command = [sys.executable, "-m", "supervisor", "-c", str(self.path), *verb]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False, timeout=30
        )

    def status(self) -> Any:
        """What `status --json` says, asked at the socket: a test that waits for something asks often."""
        socket = Places(self.config.data_dir).control_socket
        try:
            return client.ask(socket, "status")
        except client.NotRunningError:
            processes.eventually(socket.exists, READY_WITHIN, self.tail)
            return client.ask(socket, "status")

    def pool(self) -> Any:
        """The first pool of the status."""
        return self.status()["pools"][0]

    def pids(self, role: str) -> list[int]:
        """The live processes of this herd in that role (a key of ``_ROLES``)."""
        found = [pid for pid in self.all_pids() if _role(pid) == role]
        return [pid for pid in found if pid not in self.worker_pids()] if role == "zygote" else found

    def pid_of(self, role: str) -> int:
        """The one process in that role; waits for it."""

        def only() -> int:
            found = self.pids(role)
            return found[0] if len(found) == 1 else 0

        return processes.eventually(only, READY_WITHIN, lambda: f"one {role}: {self.pids(role)}\n{self.tail()}")

    def worker_pids(self) -> list[int]:
        """The live workers, as they have told the store."""
        try:
            return [info.pid for info in self.client.workers() if processes.alive(info.pid)]
        except EngineError:
            return self.pids("worker")

    def all_pids(self) -> list[int]:
        """Every live process of this herd, detached ones too."""
        return [pid for pid in psutil.pids() if processes.marked(pid, MARKER, self._marker) and processes.alive(pid)]

    def kill(self, pid: int) -> int:
        """SIGKILL to one process of this herd; returns when (monotonic ns)."""
        at = time.monotonic_ns()
        os.kill(pid, signal.SIGKILL)
        if self._supervisor and pid == self._supervisor.pid:
            self._supervisor.wait(5)
        processes.gone([pid])
        return at

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's series that bear these labels, from the supervisor's ``/metrics``."""
        total = 0.0
        for line in self.get(self.metrics_port, "/metrics").splitlines():
            match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if match and match[1] == name and labels.items() <= dict(_labels(match[2])).items():
                total += float(match[3])
        return total

    def get(self, port: int, path: str) -> str:
        """The body of an answer; raises OSError (URLError) when there is none."""
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def stop(self) -> int:
        """TERM, as a person or an init system would; waits, and returns the exit status."""
        assert self._supervisor is not None
        self._supervisor.send_signal(signal.SIGTERM)
        return self._supervisor.wait(STOPS_WITHIN)

    def close(self) -> None:
        """End all of it, and remove the folder."""
        try:
            if self._supervisor and self._supervisor.poll() is None:
                self.stop()
        finally:
            left = [seen for seen in processes.left_behind() if processes.marked(seen.pid, MARKER, self._marker)]
            processes.end(left)
            if self._supervisor:
                self._supervisor.wait(5)
            self.client.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def tail(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else "(nothing was printed)"

    def environment(self) -> dict[str, str]:
        """The supervisor's environment; its children inherit it."""
        ours = {MARKER: self._marker, starts.PLACE: str(self.folder / "starts")}
        theirs = {name: value for name, value in os.environ.items() if not name.startswith("HERDSMAN_CONFIG")}
        return {**theirs, **ours, **self._search_path()}

    def _search_path(self) -> dict[str, str]:
        """A PATH on which only the wanted kind of server is found."""
        if self._server is None or self._server.path is None:
            return {}
        only = self.folder / "path"
        only.mkdir(exist_ok=True)
        link = only / f"{self._server.name}-server"
        if not link.is_symlink():
            link.symlink_to(self._server.path)
        return {"PATH": str(only)}

    def _is_ready(self) -> bool:
        if self._supervisor and self._supervisor.poll() is not None:
            raise RuntimeError(f"the supervisor ended with {self._supervisor.returncode}: {self.tail()}")
        wanted = sum(pool.instances for pool in self.config.pools)
        try:
            live = [info for info in self.client.workers() if processes.alive(info.pid)]
            if self.config.gateway.enabled:
                self.get(self.config.gateway.port, "/ready")
            self.get(self.metrics_port, "/metrics")
            pools = client.ask(Places(self.config.data_dir).control_socket, "status")["pools"]
        except (EngineError, OSError, client.NotRunningError, client.RefusedError):
            return False
        return len(live) >= wanted and all(pool["running"] >= pool["desired"] for pool in pools)

    def _contents(self, url: str | None, pool: Mapping[str, Any], sections: Mapping[str, Any]) -> dict[str, Any]:
        default = {
            "name": "default",
            "tasks": ["tests.support.tasks"],
            "instances": 2,
            "accept_short_drain": True,
            **pool,
        }
        contents: dict[str, Any] = {
            "data_dir": str(self.folder / "d"),
            "pools": [default],
            "janitor": {"interval": "200ms"},
            "metrics": {"port": self.metrics_port},
        }
        if url:
            contents["redis"] = {"url": url}
        return {**contents, **sections}


def _role(pid: int) -> str:
    try:
        said = " ".join(psutil.Process(pid).cmdline())
    except psutil.NoSuchProcess:
        return ""
    return next((role for role, pattern in _ROLES.items() if re.search(pattern, said)), "")


def _labels(written: str | None) -> list[tuple[str, str]]:
    return re.findall(r'(\w+)="([^"]*)"', written or "")
