"""HEAD, for probes and caches: asked of every route that has GET, answered by its head alone."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """ASGI middleware: has the app answer a HEAD as a GET, and keeps the body. A stream ends with its head."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}
        is_over = False

        async def head_alone(message: Message) -> None:
            nonlocal is_over
            if message["type"] == "http.response.start":
                scope["route"] = asked.get("route")  # whoever counts looks at the request as it came
                await send(message)
            elif not is_over:
                is_over = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(asked, receive, head_alone)
