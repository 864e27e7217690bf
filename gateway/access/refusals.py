"""A refusal as an answer: JSON for a request; for a websocket what its client can read."""

from starlette.types import Receive, Scope, Send

from gateway.errors import ApiError, problem

POLICY_ERRORS = 4000
"""A refusal with HTTP status 403 closes a websocket with 4403."""

LONGEST_REASON = 120
"""Bytes of a close reason; the protocol allows 123."""


async def refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the error.

    A page cannot read the HTTP answer to a websocket that is refused, so it is accepted and closed at once, with the
    status in the code and the reason in words. A program gets the HTTP answer, where the server can send one.
    """
    if scope["type"] == "http":
        await problem(error.status, error.message, error.headers)(scope, receive, send)
        return
    await receive()  # the client's wish to connect
    from_a_page = any(name == b"origin" for name, _ in scope["headers"])
    if not from_a_page and "websocket.http.response" in scope.get("extensions", {}):
        answer = problem(error.status, error.message, error.headers)
        await send({"type": "websocket.http.response.start", "status": error.status, "headers": answer.raw_headers})
        await send({"type": "websocket.http.response.body", "body": answer.body})
        return
    await send({"type": "websocket.accept"})
    reason = error.message.encode()[:LONGEST_REASON].decode("utf-8", "ignore")
    await send({"type": "websocket.close", "code": POLICY_ERRORS + error.status, "reason": reason})
