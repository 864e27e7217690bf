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
