"""Rotated log files under one folder, with one limit over all of them together.

`default.log` is the one being written; `default.log.1`, `.2` … are older ones, the highest number the youngest.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_ROTATED = re.compile(r"(?P<name>.+\.log)\.(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes: one file, and all files together."""

    max_size: int
    max_total: int

    def file_size(self, files: int) -> int:
        """Answer when a file is rotated: at `max_size`, or sooner where many files share a small total."""
        return max(1, min(self.max_size, self.max_total // (2 * max(files, 1))))


@dataclass(frozen=True, slots=True)
class Old:
    """A rotated file."""

    path: Path
    size: int
    written: float


def surplus(old: list[Old], room: int) -> list[Path]:
    """Answer which rotated files must go, oldest first, so that the rest fits in `room` bytes. Pure."""
    total = sum(file.size for file in old)
    gone = []
    for file in sorted(old, key=lambda file: (file.written, file.path.name)):
        if total <= room:
            break
        gone.append(file.path)
        total -= file.size
    return gone


def portion(data: bytes, room: int, limit: int) -> int:
    """Answer how many bytes of whole lines go into a file that has `room` left of `limit`; 0: rotate first. Pure."""
    if len(data) <= room:
        return len(data)
    fits = data.rfind(b"\n", 0, max(0, room)) + 1
    if fits or room < limit:
        return fits
    # Not even an empty file has room for the first line: it goes in whole.
    return data.find(b"\n") + 1 or len(data)


class LogFile:
    """One file being written. Duties: append, rotate at its size, open anew when asked to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = -1
        self.size = 0

    def append(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            OSError: the disk is full, or the like; the file is opened anew next time.
        """
        self.open()
        view = memoryview(data)
        try:
            while view:
                count = os.write(self._fd, view)
                self.size += count
                view = view[count:]
        except OSError:
            self.close()
            raise

    def rotate(self) -> None:
        """Give the file its number and begin another one."""
        self.close()
        os.rename(self.path, f"{self.path}.{_next_number(self.path)}")  # noqa: PTH104  the name is text already
        self.open()

    def close(self) -> None:
        """Close it; the next append opens it anew, also when somebody moved it away."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def open(self) -> None:
        """Open it, if it is not, and see how large it is."""
        if self._fd >= 0:
            return
        self._fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.size = os.fstat(self._fd).st_size


class LogFolder:
    """All log files. Duties: find the file of a name, rotate, keep the total."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._files: dict[str, LogFile] = {}

    def append(self, name: str, data: bytes) -> None:
        """Append whole lines to the file of a name.

        Raises:
            OSError: the disk refused.
        """
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = LogFile(self._folder / f"{name}.log")
            self.trim()
        file.open()
        limit = self._limits.file_size(len(self._files))
        while data:
            part = portion(data, limit - file.size, limit)
            if part:
                file.append(data[:part])
                data = data[part:]
            else:
                file.rotate()
                self.trim()

    def reopen(self) -> None:
        """Close all, so that each is opened by its name again."""
        for file in self._files.values():
            file.close()

    def trim(self) -> None:
        """Remove the oldest files until everything fits, a full file of each name included."""
        active = len(self._files)
        room = self._limits.max_total - active * self._limits.file_size(active) - self._foreign()
        for path in surplus(rotated(self._folder), max(0, room)):
            path.unlink(missing_ok=True)

    def _foreign(self) -> int:
        """Bytes of the files that others write themselves: the store's and the janitor's."""
        ours = {file.path for file in self._files.values()}
        return sum(path.stat().st_size for path in self._folder.glob("*.log") if path not in ours)


def rotated(folder: Path) -> list[Old]:
    """Answer the rotated files in a folder."""
    found = []
    for entry in os.scandir(folder):
        if _ROTATED.fullmatch(entry.name):
            about = entry.stat()
            found.append(Old(Path(entry.path), about.st_size, about.st_mtime))
    return found


def generations(path: Path) -> list[Path]:
    """Answer a log and its rotated predecessors, oldest first."""
    numbers = sorted(_numbers(path))
    return [*(path.with_name(f"{path.name}.{number}") for number in numbers), *([path] if path.exists() else [])]


def _numbers(path: Path) -> list[int]:
    found = (_ROTATED.fullmatch(entry.name) for entry in os.scandir(path.parent))
    return [int(match["number"]) for match in found if match and match["name"] == path.name]


def _next_number(path: Path) -> int:
    return max(_numbers(path), default=0) + 1
