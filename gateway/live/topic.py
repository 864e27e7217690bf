"""What a topic is: its columns, its arguments, how it is read, and what one who may see some queues only sees of it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from gateway.live.frames import Refused
from gateway.live.sources import Round
from gateway.live.table import Reading


class NoArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topic without arguments."""


class Look(NamedTuple):
    """What somebody looks at: arguments, and the queues that they may see (None: all)."""

    args: Any
    queues: frozenset[str] | None = None

    def may_see(self, queue: str) -> bool:
        """Whether this queue is among them."""
        return self.queues is None or queue in self.queues

    def seen(self, reading: Reading, topic: "Topic") -> Reading:
        """The reading without the rows of other queues."""
        if self.queues is None or topic.queue is None:
            return reading
        at = topic.columns.index(topic.queue)
        return reading._replace(rows=[row for row in reading.rows if row[at] in self.queues])


class Topic(NamedTuple):
    """One topic.

    Attributes:
        columns: of its rows, the key first. args: the type of its arguments.
        read: reads it; raises the errors of engine and supervisor link as they are, Refused for wrong arguments.
        right: what one must have to look. queue: the column that names a row's queue, None where none does.
        is_shown: whether one who may see some queues only may look: their own rows, or figures made of those.
    """

    columns: tuple[str, ...]
    read: Callable[[Round, Look], Awaitable[Reading]]
    args: type[msgspec.Struct] = NoArgs
    right: str = "read"
    queue: str | None = None
    is_shown: bool = False

    def look(self, args: Any, queues: frozenset[str] | None) -> Look:
        """What is looked at by these arguments of a client.

        Raises:
            Refused: they make no sense.
        """
        try:
            return Look(msgspec.convert({} if args is None else args, self.args), queues)
        except msgspec.ValidationError as error:
            raise Refused("bad_args", f"args: {error}"[:300]) from None
