"""`python -m supervisor.upgrading.rehearsal -c FILE`: could this release take over from the running supervisor?

Loads what a supervisor loads, the config, and the scoreboard it is given. Exit status 0: yes; 1: no, and why.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from supervisor.upgrading.handover import VERSION

VERSION_VARIABLE = "HERDSMAN_HANDOVER_VERSION"  # the form in which the running supervisor will write


def main(arguments: list[str]) -> int:
    """Try it; answer the exit status."""
    try:
        why = _why_not(Path(arguments[1]))
    except Exception as error:  # noqa: BLE001  whatever it is: the running supervisor must not become this
        why = f"{type(error).__name__}: {error}"
    if why:
        sys.stdout.write(f"{why}\n")
    return 1 if why else 0


def _why_not(path: Path) -> str:
    import supervisor

    for module in walk_packages(supervisor.__path__, "supervisor."):
        # What the supervisor itself imports, now or at a later command; the others are programs of their own.
        if not module.name.endswith("__main__") and not module.name.startswith(_APART):
            import_module(module.name)
    from config import load
    from scoreboard import FD_VARIABLE, Board

    load(path)
    Board.attach(int(os.environ[FD_VARIABLE]))
    theirs = os.environ.get(VERSION_VARIABLE, "")
    if theirs != str(VERSION):
        return f"it reads handovers of form {VERSION}, the running supervisor writes form {theirs or 'unknown'}"
    return ""


_APART = ("supervisor.logger", "supervisor.verbs", "supervisor.monit")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
