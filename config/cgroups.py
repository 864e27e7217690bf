"""Where the kernel keeps the limits and figures of our control groups, of version 1 and 2."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

# Fields of a line of /proc/self/mountinfo: two before its " - ", one after.
_TOP, _POINT, _OPTIONS = 3, 4, 2


class Group(NamedTuple):
    """One control group: its folder, and the version (1 or 2) that says which files are in it."""

    folder: Path
    version: int


class _Mount(NamedTuple):
    """One mounted cgroup tree: which part of it is mounted, where, and its version (1 or 2)."""

    top: str
    point: str
    version: int


def groups(controller: str, root: Path = Path("/")) -> Iterator[Group]:
    """Every group that may limit us by this controller (`cpu`, `memory`), from our own up to the top.

    `root` is where /proc and the cgroup mounts are looked up; tests give a tree of their own.
    """
    for mount in _mounts(root, controller):
        ours = _own_group(root, mount.version, controller)
        if ours is None:
            continue
        group, top = PurePosixPath(ours), PurePosixPath(mount.top)
        # In a container the file may name a path outside what is mounted: then the mount point is our cgroup.
        inside = group.relative_to(top) if group.is_relative_to(top) else PurePosixPath()
        if ".." in inside.parts:
            inside = PurePosixPath()
        base = root / mount.point.lstrip("/")
        for step in (inside, *inside.parents):
            yield Group(base / step, mount.version)


def lines(path: Path) -> list[str]:
    """The lines of a small file; none when it is not there or may not be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _mounts(root: Path, controller: str) -> Iterator[_Mount]:
    for line in lines(root / "proc/self/mountinfo"):
        left, _, right = line.partition(" - ")
        fields, kind = left.split(), right.split()
        if len(fields) <= _POINT or len(kind) <= _OPTIONS:
            continue
        point = fields[_POINT].replace("\\040", " ")
        if kind[0] == "cgroup2":
            yield _Mount(fields[_TOP], point, 2)
        elif kind[0] == "cgroup" and controller in kind[_OPTIONS].split(","):
            yield _Mount(fields[_TOP], point, 1)


def _own_group(root: Path, version: int, controller: str) -> str | None:
    for line in lines(root / "proc/self/cgroup"):
        number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if (version == 1 and controller in controllers.split(",")) or (version != 1 and number == "0"):
            return group
    return None
