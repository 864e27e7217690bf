"""`scale POOL N|+N|-N|max|auto`: how many workers a pool wants."""

import re
import time
from collections.abc import Mapping
from typing import Any

from config import cpus
from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import named, pools, refuse_when_leaving
from supervisor.pools.pool import Pool

_COUNT = re.compile(r"(?P<sign>[+-]?)(?P<count>\d{1,6})")


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Change the goal; answer it, and a `warning` or a `note` where there is something to know.

    Raises:
        CommandError: no such pool, no count, more workers than there are slots for, or, where that is refused, than
            there is memory for.
    """
    refuse_when_leaving(arbiter.leaving)
    name = named(args)
    if name is None:
        raise CommandError("scale needs the name of a pool")
    pool = pools(arbiter.herd, name)[0]
    asked = str(args.get("count", ""))
    if asked == "auto":
        return _automatic(arbiter, pool)
    return _by_hand(arbiter, pool, wanted(asked, pool.desired))


def wanted(text: str, now: int) -> int:
    """Answer the number that `3`, `+1`, `-1` or `max` (one a CPU) ask for.

    Raises:
        CommandError: it is none of these.
    """
    if text == "max":
        return cpus.available()
    match = _COUNT.fullmatch(text)
    if match is None:
        raise CommandError(f"the count must be a number, +N or -N, max (one a CPU) or auto, not {text!r}")
    count = int(match["count"])
    match match["sign"]:
        case "+":
            return now + count
        case "-":
            return max(0, now - count)
    return count


def _by_hand(arbiter: Arbiter, pool: Pool, asked: int) -> dict[str, Any]:
    most = pool.room
    if asked > most:
        raise CommandError(
            f"pool {pool.name} can have at most {most} workers until the supervisor is started anew: set `instances` "
            "in the config for more"
        )
    answer: dict[str, Any] = {"name": pool.name, "before": pool.desired}
    objection = (
        "" if pool.config.admission == "off" else arbiter.herd.admission.objection(pool, asked, time.monotonic())
    )
    if objection and pool.config.admission == "refuse":
        raise CommandError(f"{objection}; nothing was changed (`admission: warn` in the config lets you)")
    if objection:
        answer["warning"] = objection
    if arbiter.herd.autoscaling.set_by_hand(pool, by_hand=True):
        answer["note"] = f"autoscale is off for {pool.name} until `scale {pool.name} auto`"
    return {**answer, "desired": pool.scale(asked)}


def _automatic(arbiter: Arbiter, pool: Pool) -> dict[str, Any]:
    if not arbiter.herd.autoscaling.set_by_hand(pool, by_hand=False):
        raise CommandError(f"pool {pool.name} has no `autoscale` in the config, so there is nothing to decide by")
    note = f"autoscale is on for {pool.name}"
    return {"name": pool.name, "before": pool.desired, "desired": pool.desired, "note": note}
