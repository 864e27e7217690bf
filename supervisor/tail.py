"""`logs`: the last lines of one log or of all, and what comes after, straight from the files."""

import os
import time
from collections.abc import Callable, Container, Iterator
from pathlib import Path

from supervisor.logger.files import generations

_BLOCK = 64 * 1024
_POLL_S = 0.2


class NoLogError(Exception):
    """There is no log of that name."""


def last_lines(folder: Path, name: str | None, count: int, silent: Container[str] = ()) -> list[str]:
    """Answer the last lines of one log, or of all in the order of their time stamps.

    Raises:
        NoLogError: there is no such log.
    """
    paths = log_paths(folder, name, silent)
    lines = [line for path in paths for line in _tail(path, count)]
    if len(paths) > 1:
        lines.sort(key=lambda line: line[:24])  # the stamp; the sort keeps the order of equal ones
    return lines[-count:] if count else []


def log_paths(folder: Path, name: str | None, silent: Container[str] = ()) -> list[Path]:
    """Answer the files being written. `silent` are those who may have one and have said nothing yet.

    Raises:
        NoLogError: there is none of that name.
    """
    found = sorted(folder.glob("*.log")) if folder.is_dir() else []
    if name is None:
        return found
    chosen = [path for path in found if path.stem == name]
    if not chosen and name not in silent:
        raise NoLogError(f"there is no log {name!r}: there is {', '.join(path.stem for path in found) or 'none'}")
    return chosen


def follow(
    folder: Path, name: str | None, sleep: Callable[[float], None] = time.sleep, silent: Container[str] = ()
) -> Iterator[str]:
    """Yield lines as they are written, for ever; rotation and new logs are noticed."""
    readers: dict[Path, _Follower] = {path: _Follower(path, at_end=True) for path in log_paths(folder, name, silent)}
    while True:
        for path in log_paths(folder, name, silent):
            readers.setdefault(path, _Follower(path, at_end=False))
        lines = [line for reader in readers.values() for line in reader.read()]
        yield from lines
        if not lines:
            sleep(_POLL_S)


class _Follower:
    """Reads on in one file, and in its successor when it was rotated."""

    def __init__(self, path: Path, *, at_end: bool) -> None:
        self._path = path
        self._rest = b""
        self._fd = -1
        self._open()
        if at_end and self._fd >= 0:
            os.lseek(self._fd, 0, os.SEEK_END)

    def read(self) -> list[str]:
        data = self._read_all()
        if self._replaced():
            data += self._read_all()  # what came between the first look and the rotation
            os.close(self._fd)
            self._open()
            data += self._read_all()
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode(errors="replace") for line in lines]

    def _open(self) -> None:
        try:
            self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._fd = -1

    def _read_all(self) -> bytes:
        parts = []
        while self._fd >= 0 and (data := os.read(self._fd, _BLOCK)):
            parts.append(data)
        return b"".join(parts)

    def _replaced(self) -> bool:
        if self._fd < 0:
            self._open()
            return False
        try:
            return self._path.stat().st_ino != os.fstat(self._fd).st_ino
        except FileNotFoundError:
            return False


def _tail(path: Path, count: int) -> list[str]:
    """Answer the last lines of a log, reaching back into its rotated predecessors."""
    lines: list[str] = []
    for file in reversed(generations(path)):
        lines = _tail_of_file(file, count - len(lines)) + lines
        if len(lines) >= count:
            break
    return lines


def _tail_of_file(path: Path, count: int) -> list[str]:
    if count <= 0:
        return []
    with path.open("rb") as file:
        at = file.seek(0, os.SEEK_END)
        data = b""
        while at > 0 and data.count(b"\n") <= count:
            step = min(_BLOCK, at)
            at -= step
            file.seek(at)
            data = file.read(step) + data
    return [line.decode(errors="replace") for line in data.splitlines()[-count:]]
