"""How much memory a process holds."""

import os
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int) -> int:
    """Answer the resident set in bytes, 0 for a process that is gone. One small read, no more."""
    try:
        fd = os.open(f"/proc/{pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return 0
    try:
        return int(os.read(fd, 128).split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0
    finally:
        os.close(fd)


@dataclass(frozen=True, slots=True)
class Shares:
    """Bytes: what a process would free by ending, and its part of everything when what is shared is split evenly."""

    own: int  # USS
    fair: int  # PSS


def shares(pid: int) -> Shares | None:
    """Answer what a process really takes; None when it is gone or not ours. Milliseconds: ask only when people do."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
        sizes = {name: int(rest.split()[0]) << 10 for name, _, rest in (line.partition(":") for line in lines)}
        return Shares(sizes["Private_Clean"] + sizes["Private_Dirty"], sizes["Pss"])
    except (OSError, ValueError, KeyError, IndexError):
        return None
