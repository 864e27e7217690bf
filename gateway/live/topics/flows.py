"""`flows`, `flow`: jobs that wait for one another."""

from collections import defaultdict
from typing import Annotated, Any

import msgspec

from engine import FlowNotFound, Job
from engine.flows.flow_record import FlowInfo, FlowMember, progress
from gateway.live.sources import Round
from gateway.live.table import Reading, Row
from gateway.live.topic import Look, Topic

MOST = 500

FLOW_COLUMNS = ("id", "name", "status", "total", "done", "created_at")


class FlowsArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of them, the newest first."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] | None = None


class FlowArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which flow."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


async def read_all(round: Round, look: Look) -> Reading:
    """The newest flows."""
    found = await round.sources.client.flows.list(look.args.limit or 50, 0)
    return Reading([flow_row(one) for one in found])


def flow_row(one: FlowInfo) -> Row:
    """One flow. Pure."""
    return one.id, one.name, one.state.value, one.total, one.done, one.created_at


async def read_one(round: Round, look: Look) -> Reading:
    """One flow's members, parents before children; no row and no `meta` when there is no such flow."""
    client = round.sources.client
    handle = client.flows.get(look.args.id)
    try:
        info, members = await handle.fetch(), await handle.members()
    except FlowNotFound:
        return Reading([])
    jobs = await client.find_many([one.id for one in members[:MOST]], brief=True)
    meta = {
        **dict(zip(FLOW_COLUMNS, flow_row(info), strict=True)),
        "ended_at": info.ended_at,
        "states": progress(info, members).states,
    }
    return Reading(member_rows(members, jobs), meta=meta)


def member_rows(members: list[FlowMember], jobs: dict[str, Job]) -> list[Row]:
    """The members, with times and attempts of those whose record is there. Pure."""
    children: dict[str, list[str]] = defaultdict(list)
    for one in members:
        for parent in one.parents:
            children[parent].append(one.id)
    return [_row(one, children[one.id], jobs.get(one.id)) for one in members]


def _row(one: FlowMember, children: list[str], job: Job | None) -> Row:
    about: tuple[Any, ...] = (job.started_at, job.finished_at, job.attempts) if job else (None, None, 0)
    queue = (job.queue or None) if job else None
    return (one.id, one.name, one.type, queue, one.shown_state, list(one.parents), children, *about)


FLOWS = Topic(FLOW_COLUMNS, read_all, FlowsArgs)
FLOW = Topic(
    ("id", "name", "type", "queue", "state", "parents", "children", "started_at", "finished_at", "attempts"),
    read_one,
    FlowArgs,
)
