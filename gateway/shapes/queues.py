"""Queues and types, as they are shown."""

from gateway.shapes.base import Count, Shape


class QueueBody(Shape):
    """How deep a queue is."""

    name: str
    pending: Count
    scheduled: Count
    processing: Count
    dead: Count
    oldest_seconds: float
    paused: bool
    rescued: Count
    parked: Count


class QueueList(Shape):
    """All queues that jobs were ever put into."""

    queues: list[QueueBody]


class Switched(Shape):
    """Whether it is paused now, and whether that is new."""

    name: str
    paused: bool
    changed: bool


class Purged(Shape):
    """How many jobs were cancelled."""

    cancelled: Count
