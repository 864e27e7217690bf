"""The names of rotated files, which of them must go, and where a chunk is cut. No file is written here.

`default.log` is the one being written; `default.log.1`, `.2.gz` … are older ones, the highest number the youngest.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_ROTATED = re.compile(r"(?P<name>.+\.log)\.(?P<number>\d+)(?P<packed>\.gz(\.part)?)?")
PACKED = ".gz"
UNFINISHED = ".gz.part"


@dataclass(frozen=True, slots=True)
class Old:
    """A rotated file: bytes, and when it was last written (seconds since the epoch)."""

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


def outdated(old: list[Old], max_age: float, now: float) -> list[Path]:
    """Answer which rotated files are older than `max_age` seconds (0: none is). Pure."""
    return [file.path for file in old if max_age and now - file.written > max_age]


def portion(data: bytes, room: int, limit: int) -> int:
    """Answer how many bytes of whole lines go into a file that has `room` left of `limit`; 0: rotate first. Pure."""
    if len(data) <= room:
        return len(data)
    fits = data.rfind(b"\n", 0, max(0, room)) + 1
    if fits or room < limit:
        return fits
    # Not even an empty file has room for the first line: it goes in whole.
    return data.find(b"\n") + 1 or len(data)


def rotated(folder: Path) -> list[Old]:
    """Answer the rotated files in a folder, unfinished compressed ones too. One that vanishes meanwhile is left out."""
    found = []
    for entry in os.scandir(folder):
        if _ROTATED.fullmatch(entry.name):
            try:
                about = entry.stat()
            except FileNotFoundError:
                continue
            found.append(Old(Path(entry.path), about.st_size, about.st_mtime))
    return found


def unpacked(folder: Path) -> list[Path]:
    """Answer the rotated files that are not compressed, oldest first."""
    found = [(file.written, file.path) for file in rotated(folder) if file.path.suffix[1:].isdigit()]
    return [path for _, path in sorted(found)]


def numbered(path: Path) -> dict[int, Path]:
    """Answer a log's rotated files by their number, in order; a plain file goes before its compressed copy."""
    found: dict[int, Path] = {}
    for entry in os.scandir(path.parent):
        match = _ROTATED.fullmatch(entry.name)
        if match and match["name"] == path.name and match["packed"] != UNFINISHED:
            number = int(match["number"])
            if number not in found or not match["packed"]:
                found[number] = Path(entry.path)
    return dict(sorted(found.items()))


def generations(path: Path) -> list[Path]:
    """Answer a log and its rotated predecessors, oldest first."""
    return [*numbered(path).values(), *([path] if path.exists() else [])]
