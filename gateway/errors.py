"""Every error of the gateway is an answer: a right status and `{"error": "…"}`.

Routes raise `ApiError` or let the engine's errors through; the handlers here
turn those, the framework's own and what nobody expected into that one shape.
"""

import math
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from engine import FlowNotFound, ScheduleNotFound, ScheduleTaken
from engine.errors import (
    Conflict,
    EngineError,
    JobNotFound,
    KeyMissing,
    NotDurable,
    PayloadError,
    PayloadGone,
    QueueFull,
    StoreDown,
    StoreFull,
    UniqueConflict,
)
from gateway.answers import answer
from gateway.nearest import quoted


class ErrorBody(BaseModel):
    """The body of every error answer."""

    error: str


class ApiError(Exception):
    """An answer other than success.

    Args:
        status: the HTTP status, 400 or above.
        message: what was wrong, what was expected, what to do.
        headers: further headers of the answer.
        more: further fields of its body.
    """

    def __init__(
        self,
        status: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's `responses` for these error statuses."""
    return {status: {"model": ErrorBody} for status in statuses}


def problem(
    status: int, message: str, headers: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None
) -> Response:
    """The answer to something that went wrong."""
    return answer({"error": message, **(more or {})}, status, headers)


def of_engine(error: EngineError) -> ApiError:
    """What an engine error means to an HTTP client; pure."""
    match error:
        case QueueFull():
            wait = str(max(1, math.ceil(error.retry_after)))
            return ApiError(429, str(error), {"Retry-After": wait})
        case StoreFull() | StoreDown():
            return ApiError(503, str(error), {"Retry-After": "5" if isinstance(error, StoreFull) else "1"})
        case NotDurable():
            return ApiError(503, str(error), _place(error.ids), {"ids": error.ids} if error.ids else None)
        case JobNotFound() | ScheduleNotFound() | FlowNotFound():
            return ApiError(404, str(error))
        case Conflict():
            status = 409 if isinstance(error, UniqueConflict) else 422
            return ApiError(status, str(error), {"Location": f"/tasks/{error.id}"} if error.id else None)
        case _:
            status = {ScheduleTaken: 409, PayloadGone: 409, PayloadError: 400, KeyMissing: 400}.get(type(error), 500)
            return ApiError(status, str(error))


def _place(ids: Sequence[str]) -> dict[str, str]:
    return {"Location": f"/tasks/{ids[0]}"} if len(ids) == 1 else {}


def of_validation(errors: Sequence[Any]) -> str:
    """One line for the framework's own findings about a path or query."""
    found = []
    for one in errors:
        place = ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0])
        found.append(f"{place}: {one['msg']}")
    return "; ".join(found)


async def _api(_: Request, error: ApiError) -> Response:
    return problem(error.status, error.message, error.headers, error.more)


async def _engine(request: Request, error: EngineError) -> Response:
    return await _api(request, of_engine(error))


async def _validation(_: Request, error: RequestValidationError) -> Response:
    return problem(422, of_validation(error.errors()))


async def _framework(request: Request, error: HTTPException) -> Response:
    where = f"{request.method} {quoted(request.url.path)}"
    said = {404: f"there is no {where}; GET / lists the routes", 405: f"{where} is not allowed"}
    return problem(error.status_code, said.get(error.status_code, error.detail), error.headers)


async def _unexpected(_: Request, __: Exception) -> Response:
    # The framework raises it again after this answer, so that the server logs the stack, once.
    return problem(500, "an error inside the gateway; its log has the details")


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    ApiError: _api,
    EngineError: _engine,
    RequestValidationError: _validation,
    HTTPException: _framework,
    Exception: _unexpected,
}
"""What the app does with each kind of error; the nearest base class decides."""
