"""The thread that compresses rotated files. It is nobody's bottleneck: what it has not done stays a plain file."""

import gzip
import os
import queue
import shutil
import threading
from contextlib import suppress
from pathlib import Path

from supervisor.logger.rotation import PACKED, UNFINISHED, rotated, unpacked

_LEVEL = 5  # nearly as small as 9, three times as fast
_NICENESS = 10
_BLOCK = 256 * 1024  # zlib lets other threads run while it works on one


class Packer(threading.Thread):
    """Turns `x.log.3` into `x.log.3.gz`, under another name until it is whole. Ends with the process.

    A process that dies in the middle leaves the plain file, and the next one begins anew.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(name="packer", daemon=True)
        self._folder = folder
        self._paths: queue.SimpleQueue[Path] = queue.SimpleQueue()

    def add(self, path: Path) -> None:
        """Have a rotated file compressed some time."""
        self._paths.put(path)

    def run(self) -> None:
        """Compress what an earlier logger has left, then what comes, for ever."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        with suppress(OSError):
            for file in rotated(self._folder):
                if file.path.name.endswith(UNFINISHED):
                    file.path.unlink(missing_ok=True)
            for path in unpacked(self._folder):
                self._paths.put(path)
        while True:
            # A full disk, or a file that was trimmed meanwhile: a plain file or none stays.
            with suppress(OSError):
                pack(self._paths.get())


def pack(path: Path) -> None:
    """Compress one file; it keeps its time, by which the oldest is known.

    Raises:
        OSError: the disk refused; the plain file is still there.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with path.open("rb") as plain:
            about = os.fstat(plain.fileno())
            fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "wb") as raw, gzip.GzipFile(path.name, "wb", _LEVEL, raw, about.st_mtime) as packed:
                shutil.copyfileobj(plain, packed, _BLOCK)
        os.utime(unfinished, ns=(about.st_atime_ns, about.st_mtime_ns))
        if path.exists():  # else it was trimmed, and its copy is not wanted either
            unfinished.rename(path.with_name(path.name + PACKED))
            path.unlink(missing_ok=True)
    finally:
        unfinished.unlink(missing_ok=True)
