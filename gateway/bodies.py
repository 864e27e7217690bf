"""JSON in: bytes to one object, or an `ApiError` that says what was wrong with them."""

from typing import Any

import msgspec
from fastapi import Request

from gateway.errors import ApiError
from gateway.nearest import quoted

MAX_DEPTH = 100
"""Objects and lists within one another; a worker's decoder must manage it too, on a deeper stack."""


async def json_object(request: Request) -> dict[str, Any]:
    """The request's body as a JSON object.

    Raises:
        ApiError: 415 for another content type, 400 for anything that is no JSON object.
    """
    return parse_object(await json_bytes(request))


async def json_bytes(request: Request) -> bytes:
    """The request's body, unread.

    Raises:
        ApiError: 415 for another content type.
    """
    _check_type(request)
    return await request.body()


async def no_fields(request: Request) -> None:
    """The body of a request that has nothing to say: empty, or an empty object.

    Raises:
        ApiError: 415 for another content type, 400 for any other body, 422 for a field.
    """
    _check_type(request)
    raw = await request.body()
    fields = parse_object(raw) if raw.strip() else {}
    if fields:
        raise ApiError(422, f"unknown field {quoted(next(iter(fields)))}: this call takes none")


def _check_type(request: Request) -> None:
    packed = request.headers.get("content-encoding", "identity")
    if packed.strip().lower() != "identity":
        raise ApiError(415, f"the body is packed ({quoted(packed)}); send it as it is, without content-encoding")
    content_type = request.headers.get("content-type", "")
    if content_type == "application/json":
        return
    content_type = content_type.split(";")[0].strip().lower()
    if content_type != "application/json":
        # Also what keeps a foreign web page from submitting jobs through its visitor's browser:
        # a page may send forms and plain text anywhere, but not this type.
        said = quoted(content_type) if content_type else "missing"
        raise ApiError(415, f"the content type is {said}; send JSON with the header content-type: application/json")


async def optional_object(request: Request) -> dict[str, Any]:
    """The request's body as a JSON object, empty when there is none.

    Raises:
        ApiError: as `json_object`. A request that a web page sends needs the content type even without a body: a
            foreign page can send an empty form anywhere, but never without telling its origin.
    """
    if not (await request.body()).strip() and "origin" not in request.headers:
        return {}
    return await json_object(request)


async def nothing_said(request: Request) -> None:
    """As `no_fields`, but a request without a body needs no content type, unless a web page sends it.

    Raises:
        ApiError: as `optional_object`; 422 for a field.
    """
    for name in await optional_object(request):
        raise ApiError(422, f"unknown field {quoted(name)}: this call takes none; leave the body out")


def parse_object(raw: bytes) -> dict[str, Any]:
    """Bytes to a JSON object; pure.

    Raises:
        ApiError: 400: empty, malformed, not UTF-8, too deep, or not an object.
    """
    if not raw.strip():
        raise ApiError(400, "the body is empty; a JSON object was expected")
    try:
        value = msgspec.json.decode(raw)
    except RecursionError:
        raise ApiError(400, _TOO_DEEP) from None
    except UnicodeDecodeError as error:
        raise ApiError(400, f"the body is not UTF-8: {error.reason} at byte {error.start}") from None
    except msgspec.DecodeError as error:
        raise ApiError(400, f"the body is no valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise ApiError(400, f"the body must be a JSON object, not {json_name(value)}")
    # Counting brackets is cheap and never too low; only what might be too deep is walked.
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and is_deeper(value, MAX_DEPTH):
        raise ApiError(400, _TOO_DEEP)
    return value


def is_deeper(value: Any, limit: int) -> bool:
    """Whether objects and lists stand more than `limit` deep in one another; no recursion."""
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def json_name(value: Any) -> str:
    """What JSON calls a value of this type."""
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "a list" if isinstance(value, list) else "an object")


_TOO_DEEP = f"the body is nested too deep: at most {MAX_DEPTH} objects and lists within one another"
