"""What is refused, in which order, with which words. Each check raises `ApiError`, or returns."""

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, quote

from gateway.access.heard import Heard
from gateway.access.matching import Found
from gateway.access.origins import known_host, own_origin
from gateway.access.rules import Limited, Rule, Scope
from gateway.access.visitors import COOKIE, Visitor
from gateway.errors import ApiError
from gateway.nearest import quoted

REALM = 'Bearer realm="herdsman"'


def check_host(heard: Heard, allowed: Collection[str]) -> None:
    """A name that is not ours: a page may have pointed its own name at this address.

    Raises:
        ApiError: 421.
    """
    if not known_host(heard.host, allowed):
        raise ApiError(
            421,
            f"this gateway does not answer to the host {quoted(heard.host)}: ask it as localhost, or add the name to "
            f"gateway.allowed_hosts",
        )


def check_origin(heard: Heard, allowed: Collection[str]) -> None:
    """An act that another site's page sends through its visitor's browser.

    Raises:
        ApiError: 403.
    """
    if heard.origin and not own_origin(heard.origin, heard.host, allowed):
        raise ApiError(
            403,
            f"this comes from a page of {quoted(heard.origin)}, and the gateway is asked as {quoted(heard.host)}: only "
            f"its own pages may act (behind a proxy: pass on the Host header, or name the host in "
            f"gateway.allowed_hosts)",
        )


def unknown(heard: Heard, methods: Collection[str], *, is_websocket: bool = False) -> ApiError:
    """What is said where there is no rule, and so no route; `is_websocket`: but one for websockets."""
    where = f"{heard.method} {quoted(heard.path)}"
    if is_websocket:
        asked = {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        return ApiError(426, f"{quoted(heard.path)} is a websocket: open it as one, of version 13", asked)
    if methods:
        return ApiError(405, f"{where} is not allowed", {"Allow": ", ".join(sorted(methods))})
    return ApiError(404, f"there is no {where}; GET / lists the routes")


def unauthorized(heard: Heard, query: str) -> ApiError:
    """What is said to one who is not known: a browser is sent to the login, all others are told."""
    if heard.authorization:
        wrong = "the token is not known here, or has expired"
        return ApiError(401, wrong, {"WWW-Authenticate": f'{REALM}, error="invalid_token"'})
    if heard.wants_a_page:
        back = quote(f"{heard.path}?{query}" if query else heard.path, safe="/")
        return ApiError(303, "log in first", {"Location": f"/login?next={back}"})
    message = "a token is needed: send it as Authorization: Bearer …, or log in at /login"
    return ApiError(401, message, {"WWW-Authenticate": REALM})


def check_scope(visitor: Visitor, rule: Rule) -> None:
    """Whether their token has the scope that the route takes.

    Raises:
        ApiError: 403 that names the scope.
    """
    if rule.scope is not Scope.OPEN and not visitor.may(rule.scope):
        has = ", ".join(visitor.rights)
        raise ApiError(
            403,
            f"{rule.method} {rule.path} needs the scope {rule.scope}; the token {quoted(visitor.id)} has {has}",
            {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{rule.scope}"'},
        )


def needs_csrf(visitor: Visitor, heard: Heard, rule: Rule) -> bool:
    """Whether the request must prove that a page of ours made it: browsers add cookies by themselves."""
    return (
        visitor.via == COOKIE and heard.method not in ("GET", "HEAD", "OPTIONS", "WS") and rule.scope is not Scope.OPEN
    )


def check_limits(visitor: Visitor, found: Found, query: bytes) -> None:
    """What can be said of a token limited to queues or tenants by the address alone.

    Raises:
        ApiError: 403, or 404 for a queue of others.
    """
    if not visitor.is_limited:
        return
    limited = found.rule.limited
    if limited is Limited.NONE:
        raise _closed(visitor, "this is about more than that")
    if limited in (Limited.PATH, Limited.QUERY, Limited.BODY, Limited.SHOWN) and visitor.tenants is not None:
        raise _closed(visitor, "this is about all tenants of a queue")
    if limited is Limited.PATH and not visitor.sees_queue(queue := found.parameters["queue"]):
        raise ApiError(404, f"there is no queue {quoted(queue)} for this token")
    if limited is Limited.QUERY:
        said = [value for name, value in _pairs(query) if name == "queue"]
        check_queue(visitor, said, "?queue=")


def check_queue(visitor: Visitor, said: list[str], how: str) -> None:
    """The queues that a request names: one at least, all of them its own.

    Raises:
        ApiError: 403.
    """
    if visitor.queues is not None and (not said or not all(visitor.sees_queue(queue) for queue in said)):
        raise ApiError(403, f"{_theirs(visitor)}: say one of them with {how}")


def check_job(visitor: Visitor, job: object, where: str) -> None:
    """One job of a body: it must name its queue and its tenant, and both must be theirs.

    Raises:
        ApiError: 403.
    """
    given: Mapping[str, object] = job if isinstance(job, dict) else {}
    for what, own in (("queue", visitor.queues), ("tenant", visitor.tenants)):
        if own is not None and not _is_one(given.get(what), own):
            raise ApiError(403, f'{where}{_theirs(visitor)}: say one of them as "{what}"')


def check_not_moved(visitor: Visitor, body: Mapping[str, object]) -> None:
    """A body that may name another queue or tenant for a job that is theirs.

    Raises:
        ApiError: 403.
    """
    for what, own in (("queue", visitor.queues), ("tenant", visitor.tenants)):
        if own is not None and body.get(what) is not None and not _is_one(body[what], own):
            raise ApiError(403, _theirs(visitor))


def _is_one(value: object, own: Collection[str]) -> bool:
    return isinstance(value, str) and value in own


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []


def _theirs(visitor: Visitor) -> str:
    queues = f"the queues {', '.join(sorted(visitor.queues))}" if visitor.queues is not None else ""
    tenants = f"the tenants {', '.join(sorted(visitor.tenants))}" if visitor.tenants is not None else ""
    return f"the token {quoted(visitor.id)} is limited to {' and '.join(filter(None, (queues, tenants)))}"


def _closed(visitor: Visitor, why: str) -> ApiError:
    return ApiError(403, f"{_theirs(visitor)}, and {why}")
