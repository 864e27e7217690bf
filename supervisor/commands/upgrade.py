"""`upgrade`: want the release on the disk; and how far that is."""

import time
from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import refuse_when_leaving


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for it, or with `{"ask": false}` only look; answer its state, how often it was done, and the last error.

    Raises:
        CommandError: the supervisor is on its way out.
    """
    refuse_when_leaving(arbiter.leaving)
    upgrade = arbiter.herd.upgrade
    if upgrade is None:
        raise CommandError("this supervisor cannot execute itself anew")
    if args.get("ask", True):
        upgrade.ask(time.monotonic())
    return {"state": upgrade.state, "count": upgrade.count, "error": upgrade.error}
