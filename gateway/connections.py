"""What one client may cost: a head of bounded size in bounded time, a place among so many, an answer that it reads.

A connection waits either for its client or for us. Of those that wait for their client the one that has waited longest
makes room when a new one comes and there are too many: thousands of idle ones keep nobody out.
"""

import asyncio
import logging
import resource
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.counts import Counts
from gateway.offers import PlainProtocol

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

HEAD_WITHIN = 10.0
"""Seconds in which a request's head must have arrived, and in which a new connection must have said something."""

MAX_HEAD = 64 * 1024
"""Bytes of a request's head."""

LAST_WORD_WITHIN = 2.0
"""Seconds in which the answer must be out for a client that has closed its own side."""

MOST_HEADERS = 100
"""Headers of a request."""

MOST_AHEAD = 16
"""Requests that a client may send before the first of them is answered."""

READ_WITHIN = 30.0
"""Seconds for which a client may leave its answer unread."""

MOST = 10_000
"""Connections at once, where the system allows so many open files."""

SPARE = 100
"""Open files that are not for clients: the store's connections, files, pipes."""

_STATUS = {400: "Bad Request", 408: "Request Timeout", 429: "Too Many Requests", 431: "Request Header Fields Too Large"}

_log = logging.getLogger("gateway")


class Places:
    """The connections of one gateway, and which of them wait for their client, the longest first.

    Args:
        most: connections at once.
        counts: where it is said why a client was turned away.
    """

    def __init__(self, most: int, counts: Counts) -> None:
        self.counts = counts
        self._most = most
        self._all: set[CarefulProtocol] = set()
        self._idle: OrderedDict[CarefulProtocol, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._all)

    def add(self, one: "CarefulProtocol") -> None:
        """A new connection; an old one makes room for it."""
        self._all.add(one)
        if len(self._all) > self._most:
            longest = next(iter(self._idle), one)
            self.drop(longest)
            self.counts.refused("too many connections")
            longest.transport.abort()
        if one in self._all:
            self._idle[one] = None

    def drop(self, one: "CarefulProtocol") -> None:
        """A connection that is no more."""
        self._all.discard(one)
        self._idle.pop(one, None)

    def waits(self, one: "CarefulProtocol", *, for_client: bool) -> None:
        """For whom this connection waits from now on."""
        if not for_client:
            self._idle.pop(one, None)
        elif one in self._all:
            self._idle[one] = None


class CarefulProtocol(PlainProtocol):
    """Uvicorn's protocol with limits of time and size, and with refusals in our own words.

    Args:
        places: all connections.
        said: what uvicorn says.
    """

    def __init__(self, *, places: Places, **said: Any) -> None:
        super().__init__(**said)
        self._places = places
        self._head = 0
        self._refusal = 0
        self._upgraded = False
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._ahead: list[RequestResponseCycle] = []

    @property
    def waits_for_client(self) -> bool:
        """Whether the next move is the client's."""
        cycle = self.cycle
        return cycle is None or cycle.response_complete or cycle.more_body

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A client is there."""
        super().connection_made(transport)
        self._await_head()
        self._places.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._places.drop(self)
        self._stop_timer()
        for cycle in self._ahead:  # uvicorn tells the last one only, and the others would write to nobody
            cycle.disconnected = True
            cycle.message_event.set()
        self.resume_writing()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Another protocol has the connection from here on, with limits of its own."""
        self._upgraded = True
        self._places.drop(self)
        self._stop_timer()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Bytes of a request."""
        self._head += len(data)
        super().data_received(data)
        if self._upgraded:
            return
        cycle = self.cycle
        if cycle is None or cycle.response_complete:  # of the next head, not all is here
            if self._head > MAX_HEAD:
                self._refuse(431)
            elif self._timer is None:
                self._await_head()
        elif self._timer is not None:
            self._stop_timer()
        self._places.waits(self, for_client=self.waits_for_client)

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn never stays
        """The client will say no more; what it has asked is answered all the same, if that is soon."""
        if self.waits_for_client or self.scheme != "http":
            return False
        self.cycle.keep_alive = False
        self._timer = self.loop.call_later(LAST_WORD_WITHIN, self._leave)
        return True

    def on_headers_complete(self) -> None:
        """A request's head is there."""
        if self.is_told_again:
            return
        self._head = 0
        if len(self.headers) > MOST_HEADERS:
            self._refusal = 431
            raise ValueError("too many headers")  # the parser stops, and `send_400_response` is called
        if len(self.pipeline) >= MOST_AHEAD:
            self._refusal = 429
            raise ValueError("too many requests ahead")  # same
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:  # else it becomes a websocket
            self._ahead.append(self.cycle)

    def on_response_complete(self) -> None:
        """An answer is out."""
        self._ahead = [cycle for cycle in self._ahead if not cycle.response_complete]
        super().on_response_complete()
        self._places.waits(self, for_client=self.waits_for_client)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as uvicorn has it
        """What came is no HTTP."""
        self._refuse(self._refusal or 400)

    def pause_writing(self) -> None:
        """The client does not read."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(READ_WITHIN, self._cut)

    def resume_writing(self) -> None:
        """The client reads."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_WITHIN, self._too_slow)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if self._head:
            self._refuse(408)
        elif not self.transport.is_closing():
            self.transport.close()  # it never said anything

    def _leave(self) -> None:
        self.transport.close()

    def _cut(self) -> None:
        self._places.counts.refused("answer not read")
        self.transport.abort()

    def _refuse(self, status: int) -> None:
        """Answer what no app ever sees, and close."""
        if self.transport.is_closing():
            return
        said = {
            400: "this is no HTTP request",
            408: f"the request's head did not arrive within {HEAD_WITHIN:g} s",
            429: f"more than {MOST_AHEAD} requests were sent before the first was answered",
            431: f"the request's head is larger than {MAX_HEAD} bytes or has more than {MOST_HEADERS} headers",
        }[status]
        self._places.counts.refused(
            {400: "no http", 408: "slow head", 429: "too many ahead", 431: "large head"}[status]
        )
        body = msgspec.json.encode({"error": said})
        head = (
            f"HTTP/1.1 {status} {_STATUS[status]}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def room() -> int:
    """How many connections this process can have: as many open files as it may; raises its own limit to that first."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        except (ValueError, OSError) as error:
            _log.warning("cannot raise the limit of open files to %d: %s", soft, error)
            soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST if soft == resource.RLIM_INFINITY else max(16, min(MOST, soft - SPARE))


def quiet(record: logging.LogRecord) -> bool:
    """Whether a line of uvicorn's says something of us: what clients send is counted, not logged."""
    return not str(record.msg).startswith("Invalid HTTP request")
