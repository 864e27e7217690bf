"""`ping`: is anybody there?"""

import os
from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter


def run(_arbiter: Arbiter, _args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer our pid."""
    return {"pid": os.getpid()}
