"""`WS /ws`: lets a tab in, runs it, and sees it out."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from starlette.types import Message, Receive, Scope, Send

from config.version import __version__
from gateway.access.visitors import visitor as visitor_of
from gateway.live.frames import Cut
from gateway.live.protocol import DROP
from gateway.live.pump import Pump
from gateway.live.tab import Tab

CLOSE_WITHIN = 1.0
"""Seconds for a close frame to be taken; one who does not read would have it wait for ever."""

GONE_WITHIN = 5.0
"""Seconds after the close frame in which the client leaves; then the connection is dropped."""

_log = logging.getLogger("gateway.live")


class LiveFeed:
    """The endpoint, for the router. Whoever comes here was let in by `gateway.access`.

    Args:
        pump: reads what the tabs look at.
        assets: hash of the dashboard's files; "" where there are none.
    """

    def __init__(self, pump: Pump, assets: str = "") -> None:
        self._pump = pump
        self._assets = assets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket, from its opening to its end."""
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})

        async def out(frame: str) -> None:
            await send({"type": "websocket.send", "text": frame})

        tab = Tab(self._pump, out, visitor_of(scope))
        cut = await self._run(tab, receive)
        if cut is not None:
            await _close(cut, send, _drop(scope))

    async def _run(self, tab: Tab, receive: Receive) -> Cut | None:
        """Let the tab live; why it is to be closed, None when its client has gone."""
        try:
            self._pump.join(tab)
        except Cut as cut:
            return cut
        writer = asyncio.create_task(tab.write(**self._hello(tab)))
        reader = asyncio.create_task(_read(tab, receive))
        try:
            await asyncio.wait((writer, reader, tab.ended), return_when=asyncio.FIRST_COMPLETED)
            if reader.done() and reader.exception() is None:
                return reader.result()
            if tab.ended.done():
                return tab.ended.result()
            return _failed(writer, reader)
        finally:
            self._pump.leave(tab)
            for task in (writer, reader):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    def _hello(self, tab: Tab) -> dict[str, object]:
        return {
            "epoch": self._pump.epoch,
            "now": round(self._pump.sources.clock.now(), 3),
            "rights": tab.visitor.rights,
            "interval": self._pump.pace.interval,
            "version": __version__,
            "assets": self._assets,
        }


async def _read(tab: Tab, receive: Receive) -> Cut | None:
    """Hand the tab what its client says; why it is to be closed, None when the client has gone."""
    while True:
        message: Message = await receive()
        if message["type"] == "websocket.disconnect":
            return None
        text = message.get("text")
        if text is None:
            return Cut(1008, "frames are text")
        try:
            tab.hear(text)
        except Cut as cut:
            return cut


def _failed(*tasks: asyncio.Task[object]) -> Cut | None:
    """An error of our own, or a client that went while it was sent something, which is none."""
    for task in tasks:
        error = task.exception() if task.done() else None
        if error is not None and not isinstance(error, OSError):  # uvicorn's ClientDisconnected is one
            _log.error("a live socket failed", exc_info=error)
            return Cut(1011, "an error inside the gateway; its log has the details")
    return None


async def _close(cut: Cut, send: Send, drop: Callable[[], None]) -> None:
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await send({"type": "websocket.close", "code": cut.code, "reason": cut.reason})
    except TimeoutError:
        drop()
    except OSError:
        return
    else:
        asyncio.get_running_loop().call_later(GONE_WITHIN, drop)


def _drop(scope: Scope) -> Callable[[], None]:
    found: Callable[[], None] = scope.get("extensions", {}).get(DROP, {}).get("now", lambda: None)
    return found
