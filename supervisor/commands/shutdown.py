"""`shutdown`: as SIGTERM, drain and exit; asked twice, kill now."""

import os
from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter


def run(arbiter: Arbiter, _args: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to leave; answer our pid, for whoever wants to wait."""
    arbiter.drain("shutdown")
    return {"pid": os.getpid()}
