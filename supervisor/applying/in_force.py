"""The config that runs, and the copy of its text that our children read.

Somebody may edit the file at any time. Until `apply` (or HUP) asks for it, a worker or zygote that is started anew
gets what was applied: its copy stands in data_dir/run as config-HASH.yaml, for this user only, before any `${VAR}` is
filled. Paths in it count from the file's own folder, because children are still given the file's own name.
"""

import os
from contextlib import suppress
from pathlib import Path

from config import SNAPSHOT_VARIABLE, Config, Places
from supervisor.applying.diff import config_hash, pool_hashes


class InForce:
    """One config that was applied or is being applied. Attributes are not changed after it was made."""

    def __init__(self, config: Config, places: Places) -> None:
        """Keep the config and write its copy.

        Raises:
            OSError: the copy cannot be written.
        """
        self.config = config
        self.hash = config_hash(config)
        self.pool_hashes = pool_hashes(config)
        self.snapshot = places.snapshot(self.hash)
        replace(self.snapshot, config.text.encode())

    @property
    def variables(self) -> dict[str, str]:
        """What a child's environment says of it."""
        return {SNAPSHOT_VARIABLE: str(self.snapshot)}


def forget_others(places: Places, current: Path) -> None:
    """Remove the copies that earlier supervisors have left; whoever read them has read them."""
    for path in places.snapshots():
        if path != current:
            with suppress(OSError):
                path.unlink()


def replace(path: Path, content: bytes) -> None:
    """Write a small file so that it is there whole or not at all, also after a power cut; mode 0600.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    fresh = path.with_name(f".{path.name}.new")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with open(fd, "wb") as file:  # noqa: PTH123  a file number, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise
