"""What all shapes share."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gateway.errors import documented

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time", "examples": ["2026-01-31T12:00:00.000Z"]})]
"""UTC with milliseconds."""

Count = Annotated[int, Field(ge=0)]


class Shape(BaseModel):
    """An answer; fields may be added in later releases."""

    model_config = ConfigDict(title=None)


Responses = dict[int | str, dict[str, Any]]
"""OpenAPI's `responses`, as the framework takes them."""

_SAID = {
    400: "The body is no JSON object, or its payload cannot be stored",
    404: "It never was, or its record has expired",
    408: "The body did not arrive in time",
    409: "Not any more, or not while another one stands",
    413: "The body is too large",
    415: "The content type is not application/json",
    422: "A field or parameter is not known, or its value is wrong; `error` names all of them",
    429: "The queue is full; `Retry-After` says when to come back",
    502: "No worker ran it",
    503: "The store is away or full, or too many wait already",
}

BODY = (400, 408, 413, 415, 422)
"""What any body can be refused with."""


def answers(shape: type[BaseModel], *errors: int, status: int = 200) -> Responses:
    """What a route answers: this, or one of these errors."""
    return {status: {"model": shape}, **refused(*errors)}


def refused(*errors: int) -> Responses:
    """The errors that a route answers."""
    return {error: {**said, "description": _SAID[int(error)]} for error, said in documented(*errors).items()}
