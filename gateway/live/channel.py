"""One topic with its arguments, as all who look at it share it: its last states, and what to send to whom."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from gateway.live.table import Reading, State, difference, encoded, keyed, same, snapshot

KEPT = 8
"""States before the newest one: who is further behind gets a snapshot."""


class Trouble(NamedTuple):
    """Why a subscription tells nothing new; `retry`: it comes back by itself."""

    code: str
    text: str
    retry: bool


class Body(NamedTuple):
    """A frame but for what is the socket's own: `snap` or `delta`, its fields as JSON without the opening brace."""

    kind: str
    text: str
    seq: int


class Channel:
    """Duties: number the readings that say something new, keep the last of them, encode what is sent once for all.

    Args:
        columns: of the topic's rows, the key first.
        number: gives the next sequence number; those of one gateway never come twice, whichever the channel.
    """

    def __init__(self, columns: tuple[str, ...], number: Callable[[], int]) -> None:
        self.columns = columns
        self.trouble: Trouble | None = None
        self._number = number
        self._states: deque[State] = deque(maxlen=KEPT + 1)
        self._bodies: dict[int | None, Body] = {}

    @property
    def seq(self) -> int | None:
        """Of the newest state; None before there is one."""
        return self._states[-1].seq if self._states else None

    def take(self, reading: Reading) -> bool:
        """Take a reading in; whether there is something to send. The first one after a trouble always is."""
        newest = self._states[-1] if self._states else None
        rows = keyed(reading.rows, newest.rows if newest else {})
        recovered, self.trouble = self.trouble is not None, None
        if newest and not recovered and same(newest, rows, reading.more, reading.meta):
            return False
        self._states.append(State(self._number(), rows, reading.more, reading.meta))
        self._bodies.clear()
        return True

    def fail(self, trouble: Trouble) -> bool:
        """The reading failed; the rows stay. Whether that is news."""
        is_news = trouble != self.trouble
        self.trouble = trouble
        return is_news

    def knows(self, seq: int | None) -> bool:
        """Whether who stands at this number can be told the difference."""
        return any(state.seq == seq for state in self._states)

    def body(self, since: int | None) -> Body:
        """What brings a subscription from `since` (None: from nothing) to the newest state.

        Raises:
            LookupError: there is no state yet.
        """
        since = since if self.knows(since) else None
        found = self._bodies.get(since)
        if found is None:
            found = self._bodies[since] = self._make(since)
        return found

    def _make(self, since: int | None) -> Body:
        if not self._states:
            raise LookupError("nothing was read yet")
        newest = self._states[-1]
        old = next((state for state in self._states if state.seq == since), None)
        said = difference(self.columns, old, newest) if old else None
        if said is not None:
            return Body("delta", encoded(said), newest.seq)
        if since is not None:
            return self.body(None)
        return Body("snap", encoded(snapshot(self.columns, newest)), newest.seq)
