"""A websocket is let in, or refused so that its client can read why."""

import asyncio
from typing import Any

from gateway.access.guard import Guard
from gateway.access.visitors import Visitor, visitor

LOCAL = [(b"host", b"localhost:5000")]
FOREIGN = [*LOCAL, (b"origin", b"http://evil.example")]
OWN = [*LOCAL, (b"origin", b"http://localhost:5000")]


def opened(door: Any, headers: Any, path: str = "/ws", *, can_answer: bool = True) -> tuple[Visitor | None, list[Any]]:
    """Who the app behind the guard sees, and what was sent."""
    seen, sent = [], []

    async def app(scope: Any, _: Any, send: Any) -> None:
        seen.append(visitor(scope))
        await send({"type": "websocket.accept"})

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": path,
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 5),
        "extensions": {"websocket.http.response": {}} if can_answer else {},
    }
    asyncio.run(Guard(app, door.access)(scope, receive, send))
    return (seen[0] if seen else None), sent


def test_an_open_gateway_lets_its_own_pages_in(door: Any) -> None:
    who, _ = opened(door, OWN)
    assert who is not None
    assert (who.rights, who.queues) == (("read", "submit", "admin"), None)


def test_a_token_comes_in_with_its_rights_and_queues(door: Any) -> None:
    token = door.add("ops", scopes=["read"], queues=["mail"])
    who, _ = opened(door, [*LOCAL, (b"authorization", f"Bearer {token}".encode())])
    assert who is not None
    assert (who.id, who.rights, who.queues) == ("ops", ("read",), frozenset({"mail"}))


def test_a_session_comes_in_without_the_csrf_text_which_no_page_can_send(door: Any) -> None:
    token = door.add("ops", scopes=["read"])
    value, _ = asyncio.run(door.access.login(token, ""))
    who, _ = opened(door, [*OWN, (b"cookie", f"herdsman_session={value}".encode())])
    assert who is not None
    assert who.via == "cookie"


def test_a_foreign_page_is_closed_with_a_reason_that_it_can_read(door: Any) -> None:
    who, sent = opened(door, FOREIGN)
    assert who is None
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[1]["code"] == 4403
    assert "http://evil.example" in sent[1]["reason"]
    assert len(sent[1]["reason"].encode()) <= 123


def test_a_page_without_a_session_is_closed_with_4401(door: Any) -> None:
    door.add("ops", scopes=["read"])
    assert opened(door, OWN)[1][1]["code"] == 4401


def test_a_program_is_answered_over_http_where_the_server_can(door: Any) -> None:
    door.add("ops", scopes=["read"])
    _, sent = opened(door, LOCAL)
    assert (sent[0]["type"], sent[0]["status"]) == ("websocket.http.response.start", 401)
    assert b"a token is needed" in sent[1]["body"]
    assert opened(door, LOCAL, can_answer=False)[1][1]["code"] == 4401


def test_a_websocket_elsewhere_is_closed(door: Any) -> None:
    assert opened(door, LOCAL, path="/tasks")[1][0]["status"] == 404


def test_one_that_is_limited_to_tenants_does_not_see_queues(door: Any) -> None:
    token = door.add("acme", scopes=["read"], tenants=["acme"])
    _, sent = opened(door, [*LOCAL, (b"authorization", f"Bearer {token}".encode())])
    assert sent[0]["status"] == 403


def test_an_app_without_a_guard_lets_everybody_do_everything() -> None:
    assert visitor({}).rights == visitor({"state": {}}).rights == ("read", "submit", "admin")
