"""The server's side of a WebSocket, with one thing more: a socket that nobody reads can be dropped.

A close frame waits in line behind what was not read, and so does the server's own closing: without this, a client that
never reads would hold its buffer for as long as it lives.
"""

from starlette.types import Message
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

DROP = "herdsman.drop"
"""Key in the scope's extensions: call it, and the connection is gone at once, whatever was not sent."""


class LiveProtocol(WebSocketsSansIOProtocol):
    """Duties: those of uvicorn's own, and say how to drop the connection."""

    async def run_asgi(self) -> None:
        """Run the app with the word in its scope."""
        extensions: dict[str, object] = {**(self.scope.get("extensions") or {}), DROP: {"now": self.transport.abort}}
        self.scope["extensions"] = extensions  # type: ignore[typeddict-item]
        await super().run_asgi()

    async def send(self, message: Message) -> None:  # type: ignore[override]  # as the app has it
        """Send one message. A refusal over HTTP ends a handshake as well: uvicorn would log it as an error of ours."""
        await super().send(message)  # type: ignore[arg-type]  # same
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True
