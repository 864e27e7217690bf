"""One socket: what its client says, what it is sent, and when it is cut."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from gateway.access.visitors import ANYBODY, Visitor
from gateway.live.flow import Allowance, Flow
from gateway.live.frames import MOST_SUBSCRIPTIONS, Cut, Refused, heard, identity, said
from gateway.live.subscription import Subscription

MOST_REFUSALS = 100
"""Errors that wait to be sent; a client that makes more of them does not listen."""


class House(Protocol):
    """What a tab needs of the pump."""

    def subscribe(self, tab: "Tab", id: int, topic: Any, args: Any, since: int | None, /) -> Subscription:
        """A subscription; raises Refused."""
        ...

    def unsubscribe(self, one: Subscription) -> None:
        """It is looked at no more by this subscription."""
        ...

    def look_again(self, tab: "Tab", /) -> None:
        """What this tab looks at may be old: read it now."""
        ...


class Tab:
    """Duties: obey the client's frames within its limits; send what is due when the last was acknowledged.

    Args:
        house: who knows the topics.
        send: hands one text frame to the server; returns when it was taken.
        visitor: who looks.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        house: House,
        send: Callable[[str], Awaitable[None]],
        visitor: Visitor = ANYBODY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.visitor = visitor
        self.idle = False
        self.ended: asyncio.Future[Cut] = asyncio.get_running_loop().create_future()
        self.subscriptions: dict[int, Subscription] = {}
        self._house = house
        self._send = send
        self._clock = clock
        self._flow = Flow()
        self._allowance = Allowance(clock())
        self._woken = asyncio.Event()
        self._tick: dict[str, float] | None = None
        self._refusals: list[tuple[int, Refused]] = []

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    def tick(self, fields: dict[str, float]) -> None:
        """An interval is over; of several that were not sent only the last is."""
        if not self.idle:
            self._tick = fields
            self.wake()

    def check(self) -> None:
        """Cut it when it has acknowledged nothing for too long."""
        if not self.idle and self._flow.is_late(self._clock()):
            self.cut(Cut(1013, "nothing was acknowledged for 15 s"))

    def cut(self, cut: Cut) -> None:
        """The socket is to be closed."""
        if not self.ended.done():
            self.ended.set_result(cut)

    async def write(self, **hello: Any) -> None:
        """Greet, then send what is due, for ever."""
        await self._say("hello", **hello)
        while True:
            await self._woken.wait()
            self._woken.clear()
            if not self.idle:
                await self._tell()

    def hear(self, text: str) -> None:
        """One frame of the client; unknown ones are passed over.

        Raises:
            Cut: 1008: it broke the rules.
        """
        if not self._allowance.take(self._clock()):
            raise Cut(1008, "more than 20 frames a second")
        frame = heard(text)
        match frame.get("t"):
            case "sub":
                self._subscribe(frame)
            case "unsub":
                self._drop(identity(frame))
            case "ack":
                self._acknowledged(frame.get("n"))
            case "idle":
                self._rest(idle=frame.get("idle") is True)

    def leave(self) -> None:
        """The socket is gone: nothing is looked at any more."""
        for number in list(self.subscriptions):
            self._drop(number)

    def _subscribe(self, frame: dict[str, Any]) -> None:
        number, since = identity(frame), frame.get("since")
        self._drop(number)
        try:
            if len(self.subscriptions) >= MOST_SUBSCRIPTIONS:
                raise Cut(1008, f"more than {MOST_SUBSCRIPTIONS} subscriptions")
            stands = since if isinstance(since, int) else None
            found = self._house.subscribe(self, number, frame.get("topic"), frame.get("args"), stands)
            self.subscriptions[number] = found
        except Refused as error:
            if len(self._refusals) >= MOST_REFUSALS:
                raise Cut(1008, "too many subscriptions that cannot be") from None
            self._refusals.append((number, error))
        self.wake()

    def _drop(self, id: int) -> None:
        one = self.subscriptions.pop(id, None)
        if one is not None:
            self._house.unsubscribe(one)

    def _acknowledged(self, n: Any) -> None:
        if not isinstance(n, int):
            raise Cut(1008, "ack: n is a whole number")
        self._flow.ack(n)
        for one in self.subscriptions.values():
            one.acknowledged(self._flow.acknowledged)
        self.wake()

    def _rest(self, *, idle: bool) -> None:
        was, self.idle = self.idle, idle
        if was and not idle:
            self._flow.forgive(self._clock())
            self._house.look_again(self)
            self.wake()

    async def _tell(self) -> None:
        refusals, self._refusals = self._refusals, []
        for number, error in refusals:
            await self._say("err", id=number, code=error.code, text=error.text, retry=False)
        for one in list(self.subscriptions.values()):
            if self.subscriptions.get(one.id) is one and (frame := one.next(self._flow)):
                await self._out(frame)
        tick, self._tick = self._tick, None
        if tick is not None:
            await self._say("tick", **tick)

    async def _say(self, kind: str, **fields: Any) -> None:
        await self._out(said(kind, self._flow.n + 1, **fields))

    async def _out(self, frame: str) -> None:
        self._flow.sent(len(frame), self._clock())
        await self._send(frame)
