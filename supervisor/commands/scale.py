"""`scale POOL N|+N|-N`: how many workers a pool wants."""

import re
from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import named, pools, refuse_when_leaving

_COUNT = re.compile(r"(?P<sign>[+-]?)(?P<count>\d{1,6})")


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Change the goal; answer it.

    Raises:
        CommandError: no such pool, no count, or more workers than the scoreboard has slots for.
    """
    refuse_when_leaving(arbiter.leaving)
    name = named(args)
    if name is None:
        raise CommandError("scale needs the name of a pool")
    pool = pools(arbiter.herd, name)[0]
    asked = wanted(str(args.get("count", "")), pool.desired)
    most = pool.room
    if asked > most:
        raise CommandError(
            f"pool {name} can have at most {most} workers until the supervisor is started anew: set `instances` "
            "in the config for more"
        )
    before = pool.desired
    return {"name": name, "before": before, "desired": pool.scale(asked)}


def wanted(text: str, now: int) -> int:
    """Answer the number that `3`, `+1` or `-1` ask for. Pure.

    Raises:
        CommandError: it is none of these.
    """
    match = _COUNT.fullmatch(text)
    if match is None:
        raise CommandError(f"the count must be a number, +N or -N, not {text!r}")
    count = int(match["count"])
    match match["sign"]:
        case "+":
            return now + count
        case "-":
            return max(0, now - count)
    return count
