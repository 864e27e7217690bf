"""Dead letters, as they are shown."""

from gateway.shapes.base import Count, Moment, Shape
from gateway.shapes.jobs import TaskBody


class LetterBody(TaskBody):
    """A dead letter, and the group it belongs to."""

    fingerprint: str


class LetterPage(Shape):
    """Some dead letters; `cursor` asks for the next, null is the end."""

    tasks: list[LetterBody]
    cursor: str | None


class GroupBody(Shape):
    """Dead letters that died of the same."""

    fingerprint: str
    queue: str
    type: str
    error: str
    message: str
    count: Count
    first_seen: Moment
    last_seen: Moment
    example: str


class GroupList(Shape):
    """What they died of; `looked_at` were read, of the queues in `cut` only the newest."""

    groups: list[GroupBody]
    looked_at: Count
    cut: list[str]


class Retried(Shape):
    """How many went back into their queues."""

    retried: Count


class Deleted(Shape):
    """How many were deleted."""

    deleted: Count
