"""What stands in the environment of a child. Pure."""

import os
from collections.abc import Mapping
from pathlib import Path

from config import SNAPSHOT_VARIABLE
from supervisor.outside.notify import VARIABLES as OF_THE_SERVICE_MANAGER

# Those of a supervisor that started us, and of what started it, are not for our children.
_NOT_FOR_CHILDREN = (
    "HERDSMAN_INSTANCE",
    "HERDSMAN_PROGRAM",
    "HERDSMAN_SCOREBOARD_FD",
    "HERDSMAN_CONTROL_FD",
    "HERDSMAN_LIFELINE_FD",
    "HERDSMAN_WORKER",
    "HERDSMAN_DAEMON_FD",
    *OF_THE_SERVICE_MANAGER,
)


def child_environment(
    base: Mapping[str, str], *, config: Path, root: Path, extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Answer the environment of a child.

    Args:
        base: the supervisor's own environment.
        config: the config file, for `HERDSMAN_CONFIG`.
        root: the folder of our packages; put first in PYTHONPATH, so that `python -m worker` is found from any
            working directory and even under PYTHONSAFEPATH.
        extra: what the config or the caller adds; it wins.
    """
    made = dict(base)
    for name in _NOT_FOR_CHILDREN:
        made.pop(name, None)
    made.pop(SNAPSHOT_VARIABLE, None)  # of a supervisor that started us; ours is in `extra`, for those that get it
    paths = [str(root), *filter(None, base.get("PYTHONPATH", "").split(os.pathsep))]
    made["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    made["HERDSMAN_CONFIG"] = str(config)
    # A pipe would make Python keep lines back until 8 KiB are full; logs should show what happened now.
    made.setdefault("PYTHONUNBUFFERED", "1")
    made.update(extra or {})
    return made
