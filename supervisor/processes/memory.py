"""How much memory a process really takes, beside what it shares."""

import ctypes
import gc
from dataclasses import dataclass
from pathlib import Path


def give_back() -> None:
    """Give the system what a start has freed again: it is the peak of what a supervisor ever needs."""
    gc.collect()
    # Not every C library has it, and nothing is wrong without it.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


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
