"""Where everything that herdsman writes on this host lives."""

import os
import stat
from pathlib import Path

from config.problems import ConfigError, Mark, Problem

SOCKET_PATH_LIMIT = 100
"""Bytes: the system's own limit for a unix socket's path is 104 to 108."""
PRIVATE = 0o700

DATA_DIR = ".herdsman"
"""Where a config file that does not say it has its data, beside itself."""


class Places:
    """The files and folders under one data_dir. Naming them touches nothing; `prepare` makes the folders.

    Sockets and pid files stand in `run/`, which is ours alone even where data_dir is a shared volume. A
    socket whose path there would be too long stands in a short folder under the system's temporary one, named
    by the user's id and by data_dir, so that every process that knows data_dir finds it.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = Path(os.path.abspath(data_dir))  # noqa: PTH100  # lexical: symbolic links stay as written
        self.store_dir = self.data_dir / "store"
        self.logs_dir = self.data_dir / "logs"
        self._run_dir = self.data_dir / "run"
        self.supervisor_pid = self._run_dir / "supervisor.pid"
        self.deaths = self._run_dir / "deaths.jsonl"
        self.janitor_pid = self._run_dir / "janitor.pid"
        self.overrides = self._run_dir / "overrides.json"
        self.store_socket = self._socket("store.sock")
        self.control_socket = self._socket("control.sock")
        self.status_socket = self._socket("status.sock")

    def prepare(self) -> None:
        """Make the folders, for this user only.

        An existing data_dir keeps its mode; the folders in it are ours and are closed to others.

        Raises:
            ConfigError: a folder cannot be made, or is somebody else's.
        """
        try:
            self.data_dir.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(self.data_dir, f"cannot be made: {error.strerror}") from error
        sockets = (self.store_socket, self.control_socket, self.status_socket)
        for folder in dict.fromkeys([self._run_dir, self.store_dir, self.logs_dir, *(path.parent for path in sockets)]):
            _make_private(folder)
        for path in sockets:
            if _too_long(path):
                raise _refused(path, f"a unix socket's path has at most {SOCKET_PATH_LIMIT} bytes: move data_dir")

    def snapshot(self, digest: str) -> Path:
        """The text of the config file that a supervisor has applied, by its hash."""
        return self._run_dir / f"config-{digest}.yaml"

    def snapshots(self) -> list[Path]:
        """Every such text that is there."""
        return sorted(self._run_dir.glob("config-*.yaml"))

    def _socket(self, name: str) -> Path:
        path = self._run_dir / name
        return self._short_dir() / name if _too_long(path) else path

    def _short_dir(self) -> Path:
        # Imported when needed: most paths are short, and the two cost a megabyte in every process.
        import hashlib
        import tempfile

        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"herdsman-{os.geteuid()}-{digest}"


def _too_long(path: Path) -> bool:
    return len(os.fsencode(path)) > SOCKET_PATH_LIMIT


def _make_private(folder: Path) -> None:
    """Make a folder of mode 0700, or close one of ours.

    The name of the short folder can be guessed and the temporary folder is everybody's, so whatever stands
    there already must be a real folder that belongs to this user.
    """
    try:
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise _refused(folder, "is not a folder of this user: remove it, or choose another data_dir")
        if stat.S_IMODE(found.st_mode) != PRIVATE:
            folder.chmod(PRIVATE)
    except OSError as error:
        raise _refused(folder, f"cannot be made: {error.strerror}") from error


def _refused(place: Path, message: str) -> ConfigError:
    return ConfigError([Problem(Mark(str(place)), ("data_dir",), message)])
