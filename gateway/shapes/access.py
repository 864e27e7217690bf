"""Answers about who may do what, and who did."""

from gateway.shapes.base import Count, Moment, Shape


class ActBody(Shape):
    """One line of the audit log."""

    at: Moment
    who: str | None
    via: str
    act: str
    on: dict[str, str]
    outcome: int
    refused: bool
    left_out: Count
    address: str


class ActPage(Shape):
    """Lines of the audit log, the newest first."""

    acts: list[ActBody]
    cursor: str | None


class SessionBody(Shape):
    """Who one is; `rights` is empty for who is not known, `open` says that there are no tokens at all."""

    id: str | None
    rights: list[str]
    queues: list[str] | None
    tenants: list[str] | None
    via: str | None
    open: bool
    csrf: str | None


class NobodyBody(Shape):
    """Nobody is logged in."""

    id: None
