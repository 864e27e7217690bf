"""Flows, as they are shown."""

from gateway.shapes.base import Count, Moment, Shape


class FlowBody(Shape):
    """Jobs that wait for one another."""

    id: str
    name: str
    status: str
    total: Count
    done: Count
    created_at: Moment | None
    ended_at: Moment | None


class FlowList(Shape):
    """Some flows, the newest first."""

    flows: list[FlowBody]


class MemberBody(Shape):
    """One job of a flow."""

    name: str
    id: str
    type: str
    status: str
    parents: dict[str, str]
    spawned_by: str | None
    reason: str | None


class FlowWithMembers(FlowBody):
    """One flow, with its members and how many are in which state."""

    states: dict[str, Count]
    members: list[MemberBody]


class FlowCancelled(Shape):
    """It is cancelled."""

    id: str
    cancelled: bool
