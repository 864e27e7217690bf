"""What a request says beside its body: query parameters and headers, as far as the framework is too lenient."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any

from fastapi import Path, Request

from config import units
from engine.tracing import tracing
from gateway.errors import ApiError
from gateway.nearest import hint, quoted

LONGEST_WAIT = 60.0
"""Seconds that `?wait=` may ask for."""

LONGEST_KEY = 255
"""Characters of an `Idempotency-Key`."""

KEY = "Idempotency-Key"

TaskId = Annotated[str, Path(max_length=100, examples=["1-1700000000000-1"])]
"""A job's or a flow's id; what looks like none is simply not found."""

Name = Annotated[str, Path(max_length=200, examples=["default"])]
"""The name of a queue, a type or a schedule."""

WAIT_PARAMETER: dict[str, Any] = {
    "name": "wait",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "pattern": r"^\d{1,2}(\.\d{1,3})?s$", "maxLength": 20, "examples": ["5s"]},
    "description": f"wait so long for its end, {LONGEST_WAIT:g}s at most",
}

KEY_PARAMETER: dict[str, Any] = {
    "name": KEY,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "description": "the same key within a day gives the same job: 202 the first time, 200 afterwards",
}

BATCH_KEY_PARAMETER: dict[str, Any] = {
    **KEY_PARAMETER,
    "description": "the same key and jobs within a day give the same ids: 202 the first time, 200 afterwards",
}


def refuse_unknown(request: Request, known: Collection[str]) -> None:
    """Refuse query parameters that nobody reads, and one that is there twice: a slip must not become a full listing.

    Raises:
        ApiError: 422 with the nearest known one.
    """
    if not request.scope["query_string"]:
        return
    seen = set[str]()
    for name, _ in request.query_params.multi_items():
        if name not in known:
            raise ApiError(422, f"unknown parameter {quoted(name)}{hint(name, known)}")
        if name in seen:
            raise ApiError(422, f"the parameter {quoted(name)} is there twice")
        seen.add(name)


def wait_seconds(text: str | None) -> float:
    """The seconds that `?wait=` asks for, 0 without it.

    Raises:
        ApiError: 422: no duration, or too long.
    """
    if text is None:
        return 0.0
    try:
        seconds = units.duration(text)
    except ValueError as error:
        raise ApiError(422, f"wait: {error}") from None
    if seconds > LONGEST_WAIT:
        raise ApiError(422, f"wait: at most {LONGEST_WAIT:g}s; for more, ask GET /tasks/{{id}} again later")
    return seconds


def idempotency_key(request: Request) -> str | None:
    """The request's `Idempotency-Key`, None without one; one in quotes (as the IETF's draft has it) is the same.

    Raises:
        ApiError: 422: it is empty, too long, or there are two.
    """
    values = request.headers.getlist(KEY)
    if not values:
        return None
    key = values[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(values) > 1 or not 1 <= len(key) <= LONGEST_KEY:
        raise ApiError(422, f"{KEY}: one of 1 to {LONGEST_KEY} characters")
    return key


def trace(request: Request) -> dict[str, str] | None:
    """Our span of this request, or else the caller's; a malformed one is none, as the standard says."""
    found = tracing.current.get()
    if found is None and (parent := request.headers.get(tracing.PARENT)) is not None:
        found = tracing.parse(parent, request.headers.get(tracing.STATE))
    return found.headers() if found else None


def unknown_fields(body: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse a field that nobody reads.

    Raises:
        ApiError: 422 with the nearest known one.
    """
    names = tuple(known)
    for name in body:
        if name not in names:
            raise ApiError(422, f"unknown field {quoted(name)}{hint(name, names)}")
