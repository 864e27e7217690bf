"""`/login`, `/logout`, `/session`: a token is shown once, and a cookie stands for it from then on."""

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from engine.errors import EngineError
from gateway.access.cookies import set_cookie
from gateway.access.login_page import login_page, own_path
from gateway.access.tokens import claimed_id
from gateway.access.visitors import NOBODY, Visitor, visitor
from gateway.answers import answer
from gateway.bodies import json_object
from gateway.errors import ApiError, ErrorBody, documented, problem
from gateway.nearest import hint, quoted
from gateway.parameters import refuse_unknown
from gateway.services import services
from gateway.shapes.access import NobodyBody, SessionBody
from gateway.shapes.base import answers

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 10

NOT_EVERYWHERE = (
    "this browser has forgotten the session, but the store is away: other gateways may take a copy of its cookie until "
    "that is back; take the token out of the config file to be sure"
)

router = APIRouter(tags=["access"])

_PAGE: dict[str, Any] = {"content": {"text/html": {"schema": {"type": "string"}}}}
_TOKEN = {"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}}
_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _TOKEN}, FORM: {"schema": _TOKEN}}}
}


_ON = {"description": "On to another page"}


@router.get("/login", responses={200: _PAGE, 303: _ON, **documented(422)})
async def page(request: Request, next: str = "/") -> Response:
    """The login as a page; a gateway without tokens sends on to `next`."""
    refuse_unknown(request, ("next",))
    if services(request).access.is_open:
        return RedirectResponse(own_path(next), 303)
    return login_page(own_path(next))


@router.post(
    "/login",
    openapi_extra=_BODY,
    responses={
        **answers(SessionBody, 400, 408, 413, 415, 422, 503),
        303: _ON,
        **{status: {"model": ErrorBody, "content": _PAGE["content"]} for status in (401, 429)},
    },
)
async def login(request: Request) -> Response:
    """Show a token, as JSON or as a form: the answer sets the session's cookie."""
    refuse_unknown(request, ())
    access = services(request).access
    is_form = request.headers.get("content-type", "").split(";")[0].strip().lower() == FORM
    fields = _form(await request.body()) if is_form else await json_object(request)
    token, next_path = _fields(fields, is_form=is_form)
    if access.is_open:
        raise ApiError(422, "this gateway has no tokens: everybody who can reach it may do everything")
    try:
        value, who = await access.login(token, _address(request))
    except ApiError as error:
        if claimed := claimed_id(token):
            request.scope["state"]["audit_on"] = {"as": claimed}
        if is_form and error.status in (401, 429):
            refused = login_page(next_path, error.message, error.status)
            refused.headers.update(error.headers)
            return refused
        raise
    cookie = set_cookie(value, int(access.settings.session.lifetime), secure=_is_https(request))
    if is_form:
        return RedirectResponse(next_path, 303, {"Set-Cookie": cookie, "Cache-Control": "no-store"})
    return answer(await _said(request, who), 200, {"Set-Cookie": cookie})


@router.post("/logout", responses={303: _ON, **answers(NobodyBody, 422, 503)})
async def logout(request: Request) -> Response:
    """End the session: the browser forgets its cookie, and every gateway refuses a copy of it from now on."""
    refuse_unknown(request, ())
    wants_a_page = "text/html" in request.headers.get("accept", "")
    gone = RedirectResponse("/login", 303) if wants_a_page else answer({"id": None})
    try:
        await services(request).access.logout("; ".join(request.headers.getlist("cookie")))
    except EngineError:
        gone = problem(503, NOT_EVERYWHERE)
    for secure in (False, True):
        gone.headers.append("Set-Cookie", set_cookie("", 0, secure=secure))
    return gone


@router.get("/session", responses=answers(SessionBody, 422, 503))
async def session(request: Request) -> Response:
    """Who one is, and with what rights; `csrf` is what acts of a session must bear as X-CSRF-Token."""
    refuse_unknown(request, ())
    return answer(await _said(request, visitor(request.scope)))


async def _said(request: Request, who: Visitor) -> dict[str, Any]:
    access = services(request).access
    return {
        "id": who.id or None,
        "rights": list(who.rights),
        "queues": None if who.queues is None else sorted(who.queues),
        "tenants": None if who.tenants is None else sorted(who.tenants),
        "via": None if who.via == NOBODY else who.via,
        "open": access.is_open,
        "csrf": await access.csrf(who) or None,
    }


def _form(raw: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise ApiError(400, "the form cannot be read: at most 10 fields, in UTF-8") from None


def _fields(fields: dict[str, Any], *, is_form: bool) -> tuple[str, str]:
    known = ("token", "next") if is_form else ("token",)
    for name in fields:
        if name not in known:
            raise ApiError(422, f"unknown field {quoted(name)}{hint(name, known)}")
    token = fields.get("token")
    if not isinstance(token, str) or not token:
        raise ApiError(422, "token: expected text, like hm_… (python -m gateway token makes one)")
    return token, own_path(str(fields.get("next", "/")))


def _is_https(request: Request) -> bool:
    """By the connection, or by what the page says it came from: a proxy in front may speak TLS for us."""
    return request.url.scheme == "https" or request.headers.get("origin", "").lower().startswith("https://")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
