"""`groups`: dead letters by what they died of."""

from typing import Annotated

import msgspec

from gateway.live.sources import Round
from gateway.live.table import Reading
from gateway.live.topic import Look, Topic

COLUMNS = ("fingerprint", "queue", "type", "error", "message", "count", "first_seen", "last_seen", "example")


class GroupsArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which queue; null = all."""

    queue: Annotated[str, msgspec.Meta(max_length=200)] | None = None


async def read(round: Round, look: Look) -> Reading:
    """The groups, the largest first."""
    found = await round.sources.client.dead_letters.groups(look.args.queue)
    rows = [tuple(getattr(group, name) for name in COLUMNS) for group in found.groups]
    return Reading(rows, meta={"looked_at": found.looked_at, "cut": found.cut})


GROUPS = Topic(COLUMNS, read, GroupsArgs, queue="queue", is_shown=True)
