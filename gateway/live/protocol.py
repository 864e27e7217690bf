"""The server's side of a WebSocket, with one thing more: a socket that nobody reads can be dropped.

A close frame waits in line behind what was not read, and so does the server's own closing: without this, a client that
never reads would hold its buffer for as long as it lives.
"""

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
