"""Log files under one folder: appended to, rotated by size and age, with one limit over all of them together."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from supervisor.logger.rotation import numbered, outdated, portion, rotated, surplus

_BEGAN = re.compile(rb'(?:\{"ts":")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)')


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes: one file, and all files together. Seconds, 0 for never: when a file is rotated, when it is removed."""

    max_size: int
    max_total: int
    rotate_every: float = 0.0
    max_age: float = 0.0

    def file_size(self, files: int) -> int:
        """Answer when a file is rotated: at `max_size`, or sooner where many files share a small total."""
        return max(1, min(self.max_size, self.max_total // (2 * max(files, 1))))


class LogFile:
    """One file being written. Duties: append, rotate, open anew when asked to or when it was removed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.began = 0.0  # when its first line was written, seconds since the epoch; 0: it is empty
        self._fd = -1
        self._number = 0

    def append(self, data: bytes) -> int:
        """Write; answer how many bytes of whole lines there is room for on the disk.

        Raises:
            OSError: it cannot be opened; next time it is tried anew.
        """
        self.open()
        done, start = 0, self.size
        try:
            while done < len(data):
                done += os.write(self._fd, data[done:] if done else data)
        except OSError:
            done = data.rfind(b"\n", 0, done) + 1
            with suppress(OSError):
                os.ftruncate(self._fd, start + done)  # half a line would run into the next one
            self.close()
        self.size = start + done
        if done and not self.began:
            self.began = time.time()
        return done

    def rotate(self) -> Path:
        """Give the file its number and begin another one; answer where the old one is now."""
        self.close()
        # Counted here too: numbers must grow even when every older file was removed meanwhile.
        self._number = max(self._number, *numbered(self.path), 0) + 1
        old = self.path.with_name(f"{self.path.name}.{self._number}")
        os.rename(self.path, old)  # noqa: PTH104  as the other calls here
        self.open()
        return old

    def close(self) -> None:
        """Close it; the next append opens it anew, also when somebody moved it away."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def open(self) -> None:
        """Have it open, and know how large it is: somebody may have emptied or removed it meanwhile."""
        if self._fd >= 0:
            about = os.fstat(self._fd)
            if about.st_nlink:
                self.size = about.st_size
                self.began = self.began if about.st_size else 0.0
                return
            self.close()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        about = os.fstat(self._fd)
        self.size = about.st_size
        self.began = _first_time(os.pread(self._fd, 64, 0), about.st_mtime) if about.st_size else 0.0


def _nothing(_path: Path) -> None:
    return None


class LogFolder:
    """All log files. Duties: find the file of a name, rotate, keep the total, tell `on_rotated` of what was rotated."""

    def __init__(self, folder: Path, limits: Limits, on_rotated: Callable[[Path], None] = _nothing) -> None:
        self._folder = folder
        self._limits = limits
        self._on_rotated = on_rotated
        self._files: dict[str, LogFile] = {}

    def append(self, name: str, data: bytes) -> int:
        """Append whole lines to the file of a name; answer how many bytes the disk took, all of them or fewer."""
        done = 0
        with suppress(OSError):
            for part in self._parts(name, data):
                done += part
        return done

    def _parts(self, name: str, data: bytes) -> Iterator[int]:
        file = self._files.get(name)
        if file is None:
            file = LogFile(self._folder / f"{name}.log")
            file.open()
            self._files[name] = file
            self.trim()
        file.open()
        limit = self._limits.file_size(len(self._files))
        while data:
            part = portion(data, limit - file.size, limit)
            if part:
                yield (written := file.append(data[:part]))
                if written < part:
                    return
                data = data[part:]
            else:
                self._rotate(file)

    def tend(self, now: float) -> None:
        """Rotate what was begun too long ago and remove what is too old. `now` in seconds since the epoch.

        Raises:
            OSError: the disk refused.
        """
        every = self._limits.rotate_every
        for file in self._files.values():
            if every and file.began and now - file.began >= every:
                file.open()
                if file.size:
                    self._rotate(file)
        for path in outdated(rotated(self._folder), self._limits.max_age, now):
            path.unlink(missing_ok=True)

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

    def _rotate(self, file: LogFile) -> None:
        self._on_rotated(file.rotate())
        self.trim()

    def _foreign(self) -> int:
        """Bytes of the files that others write themselves: the store's and the janitor's."""
        ours = {file.path for file in self._files.values()}
        return sum(path.stat().st_size for path in self._folder.glob("*.log") if path not in ours)


def _first_time(head: bytes, otherwise: float) -> float:
    found = _BEGAN.match(head)
    try:
        return datetime.fromisoformat(found[1].decode()).timestamp() if found else otherwise
    except ValueError:
        return otherwise
