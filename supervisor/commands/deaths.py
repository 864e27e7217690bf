"""`deaths [LIMIT]`: the last death certificates of everything on this host: docs/deaths.md."""

from collections.abc import Mapping
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError

MOST = 1000
_USUAL = 100


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer those that are in memory, the newest first.

    Raises:
        CommandError: the limit is none.
    """
    limit = args.get("limit", _USUAL)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST:
        raise CommandError(f"`limit` must be a whole number from 1 to {MOST}, not {limit!r}")
    return {"deaths": [one.plain() for one in arbiter.herd.certificates.last(limit)]}
