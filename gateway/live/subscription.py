"""One subscription of one tab: where it stands, and what is to be sent to it next. Pure."""

from typing import Any

from gateway.live.channel import Channel
from gateway.live.flow import Flow
from gateway.live.frames import row_frame, said


class Subscription:
    """Duties: at most one frame of rows under way; after its acknowledgement the difference to what is known by then.

    Args:
        id: the client's.
        channel: what it looks at.
        since: the state that the client has already, None for none.
        held: what its owner needs to find the channel's entry again.
    """

    def __init__(self, id: int, channel: Channel, since: int | None, held: Any = None) -> None:
        self.id = id
        self.held = held
        self._channel = channel
        self._stands = since if channel.knows(since) else None
        self._under_way: tuple[int, int] | None = None  # number of the frame, state that it leads to
        self._told = False  # of the trouble the channel is in

    def acknowledged(self, n: int) -> None:
        """The client has drawn all frames up to this number."""
        if self._under_way and self._under_way[0] <= n:
            self._stands, self._under_way = self._under_way[1], None

    def next(self, flow: Flow) -> str | None:
        """The frame to send now, None when there is none, or when it has to wait. The caller sends it, at once."""
        trouble = self._channel.trouble
        if trouble is not None:
            if self._told:
                return None
            self._told = True
            return said("err", flow.n + 1, id=self.id, code=trouble.code, text=trouble.text, retry=trouble.retry)
        self._told = False
        seq = self._channel.seq
        if seq is None or self._under_way or seq == self._stands or flow.is_full:
            return None
        body = self._channel.body(self._stands)
        self._under_way = (flow.n + 1, body.seq)
        return row_frame(body.kind, flow.n + 1, self.id, body.text)
