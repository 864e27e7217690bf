"""`logs`: the last lines of one log or of all, and what comes after, straight from the files."""

import gzip
import os
import time
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from supervisor.logger.rotation import PACKED, generations, numbered
from supervisor.logs.log_filter import Filter
from supervisor.logs.log_record import Record, parse

_BLOCK = 64 * 1024
_POLL_S = 0.2
_ALL = Filter()
_NO_ENDS: Mapping[Path, int] = MappingProxyType({})


class NoLogError(Exception):
    """There is no log of that name."""


class Line(NamedTuple):
    """A line and the log it stands in."""

    log: str
    record: Record


def last_lines(
    folder: Path,
    name: str | None,
    count: int | None,
    wanted: Filter = _ALL,
    silent: Container[str] = (),
    ends: Mapping[Path, int] = _NO_ENDS,
) -> list[Line]:
    """Answer the last wanted lines (None: all) of one log, or of all in the order of their time stamps.

    `ends` are the sizes of the files at which `follow` begins; what stands behind is left to it.

    Raises:
        NoLogError: there is no such log.
    """
    paths = log_paths(folder, name, silent)
    lines = [line for path in paths for line in _last_of(path, count, wanted, ends.get(path))]
    if len(paths) > 1:
        lines.sort(key=lambda line: line.record.ts)  # the sort keeps the order of equal ones
    return lines if count is None else lines[len(lines) - min(count, len(lines)) :]


def log_paths(folder: Path, name: str | None, silent: Container[str] = ()) -> list[Path]:
    """Answer the files being written. `silent` are those who may have one and have said nothing yet.

    Without a name the files of single workers are left out: their lines stand in the pool's, too.

    Raises:
        NoLogError: there is none of that name.
    """
    found = sorted(folder.glob("*.log")) if folder.is_dir() else []
    if name is None:
        return [path for path in found if "." not in path.stem]
    chosen = [path for path in found if path.stem == name]
    if not chosen and name not in silent:
        raise NoLogError(f"there is no log {name!r}: there is {', '.join(path.stem for path in found) or 'none'}")
    return chosen


def sizes(folder: Path, name: str | None, silent: Container[str] = ()) -> dict[Path, int]:
    """Answer how large the files being written are now.

    Raises:
        NoLogError: there is no such log.
    """
    found = {}
    for path in log_paths(folder, name, silent):
        with suppress(FileNotFoundError):  # rotated just now: it begins anew
            found[path] = path.stat().st_size
    return found


def follow(
    folder: Path,
    name: str | None,
    sleep: Callable[[float], None] = time.sleep,
    silent: Container[str] = (),
    wanted: Filter = _ALL,
    ends: Mapping[Path, int] | None = None,
) -> Iterator[Line]:
    """Yield wanted lines as they are written, for ever; rotation, removal, emptying and new logs are noticed.

    It begins at `ends` (sizes of files), or where the files end now.
    """
    ends = sizes(folder, name, silent) if ends is None else ends
    readers = {path: _Follower(path, end) for path, end in ends.items()}
    while True:
        for path in log_paths(folder, name, (name or "",)):
            if path not in readers:
                readers[path] = _Follower(path, 0)
        lines = [Line(path.stem, parse(raw)) for path, reader in readers.items() for raw in reader.read()]
        yield from (line for line in lines if wanted.wants(line.record))
        if not lines:
            sleep(_POLL_S)


class _Follower:
    """Reads on in one file, and in its successors when it was rotated."""

    def __init__(self, path: Path, at: int) -> None:
        self._path = path
        self._rest = b""
        self._fd = -1
        self._older = 0  # the number of the youngest rotated file when this one was opened
        self._open()
        if self._fd >= 0:
            os.lseek(self._fd, at, os.SEEK_SET)

    def read(self) -> list[str]:
        data = self._read_all()
        if self._replaced():
            data += self._read_all()  # what came between the first look and the rotation
            data += self._missed()
            os.close(self._fd)
            self._open()
            data += self._read_all()
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode(errors="replace") for line in lines]

    def _open(self) -> None:
        self._fd = -1
        with suppress(FileNotFoundError):
            self._older = max(numbered(self._path), default=0)
            self._fd = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)

    def _read_all(self) -> bytes:
        if self._fd < 0:
            return b""
        if os.fstat(self._fd).st_size < os.lseek(self._fd, 0, os.SEEK_CUR):
            os.lseek(self._fd, 0, os.SEEK_SET)  # somebody emptied it
        parts = []
        while data := os.read(self._fd, _BLOCK):
            parts.append(data)
        return b"".join(parts)

    def _missed(self) -> bytes:
        """What was begun and rotated between two looks; the file just read is the first after those seen."""
        numbers = numbered(self._path)
        return b"".join(_contents(path) for number, path in numbers.items() if number > self._older + 1)

    def _replaced(self) -> bool:
        if self._fd < 0:
            self._open()
            return False
        try:
            return self._path.stat().st_ino != os.fstat(self._fd).st_ino
        except FileNotFoundError:
            return False


def _last_of(path: Path, count: int | None, wanted: Filter, end: int | None) -> list[Line]:
    found = (Line(path.stem, record) for record in _backwards(path, wanted, end) if wanted.wants(record))
    return list(islice(found, count))[::-1]


def _backwards(path: Path, wanted: Filter, end: int | None) -> Iterator[Record]:
    """Yield the lines of a log, the youngest first, reaching back into its rotated predecessors."""
    for file in reversed(generations(path)):
        if file.name.endswith(PACKED):
            lines: Iterator[bytes] = reversed(_contents(file).removesuffix(b"\n").split(b"\n"))
        else:
            lines = _lines_backwards(file, end if file == path else None)
        for line in lines:
            record = parse(line.decode(errors="replace"))
            if wanted.ends(record):
                return
            yield record


def _lines_backwards(path: Path, end: int | None) -> Iterator[bytes]:
    with suppress(FileNotFoundError), path.open("rb") as file:
        at = file.seek(0, os.SEEK_END)
        at = at if end is None else min(at, end)
        rest: bytes | None = None  # the beginning of the oldest line so far may stand in the block before
        while at > 0:
            step = min(_BLOCK, at)
            at -= step
            file.seek(at)
            data = file.read(step)
            data = data.removesuffix(b"\n") if rest is None else data + rest
            rest, *lines = data.split(b"\n")
            yield from reversed(lines)
        if rest is not None:
            yield rest


def _contents(path: Path) -> bytes:
    """Answer all of a rotated file; nothing when it is removed, or broken, just now."""
    with suppress(OSError, EOFError):
        return gzip.decompress(path.read_bytes()) if path.name.endswith(PACKED) else path.read_bytes()
    return b""
