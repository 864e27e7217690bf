"""The line that stands above every figure: on what machine, system, Python and server it was measured."""

import os
import platform
from pathlib import Path


def describe(server: str = "") -> str:
    """One line about this machine; ``server`` is the store's name and version, as its INFO says."""
    parts = [
        f"{len(os.sched_getaffinity(0))} CPUs ({_first('/proc/cpuinfo', 'model name')})",
        f"{int(_first('/proc/meminfo', 'MemTotal').split()[0]) // 2**20} GiB",
        f"load {os.getloadavg()[0]:.1f}",
        f"{platform.system()} {platform.release()}",
        f"{platform.python_implementation()} {platform.python_version()}",
    ]
    return ", ".join([*parts, server] if server else parts)


def _first(path: str, key: str) -> str:
    """The value of the first ``key : value`` line of a /proc file; "0" when there is none."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return "0"


if __name__ == "__main__":
    print(describe())
