"""The body of `POST /tasks`: which fields there are, what they may hold, and what is wrong with one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from config import units
from engine import NewJob
from engine.entrance import webhook
from engine.jobs.unique import Conflict, Mode, as_unique
from gateway.errors import ApiError
from gateway.nearest import hint, quoted

KEEP = 3600.0
"""Seconds for which the record of a job submitted over HTTP stays after its end."""

OURS = "herdsman."
"""How the types begin that are ours: nobody else may have a webhook signed by our secrets."""

NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$"
"""What the engine takes for a queue's name."""

LABEL = r"^[^\x00-\x1f\x7f-\x9f]{1,128}$"
"""What the engine takes for a tenant or a limit's key, but for the rarest of characters, which it refuses itself."""

LONGEST_FINDING = 200
"""Characters of one finding: it may quote what was sent."""

_DURATION = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "examples": ["10s", "1h30m"]}]}
_TIME = {"anyOf": [{"type": "number"}, {"type": "string", "format": "date-time"}]}

_URL = {"type": "string", "format": "uri", "maxLength": webhook.LONGEST_URL, "examples": ["https://example.com/hook"]}
_WEBHOOK = {
    "anyOf": [
        _URL,
        {
            "type": "object",
            "properties": {
                "url": _URL,
                "events": {"type": "array", "items": {"enum": list(webhook.EVENTS)}, "minItems": 1},
                "headers": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "maxProperties": webhook.MOST_HEADERS,
                },
            },
            "required": ["url"],
            "additionalProperties": False,
        },
        {"type": "null"},
    ]
}


def _moment(value: object) -> object:
    """Epoch seconds from a number, or from ISO 8601 with a time zone."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            f"expected seconds since the epoch or a time like 2026-01-31T12:00:00Z, got {units.shown(value)}"
        ) from None
    if moment.tzinfo is None:
        raise ValueError(f"{units.shown(value)} has no time zone: add Z or an offset like +01:00")
    return moment.timestamp()


def _webhook(value: object) -> object:
    """A URL, or a mapping with url, events and headers."""
    if value is not None:
        try:
            webhook.field(value)  # type: ignore[arg-type]  # it looks at whatever was sent
        except ValueError as error:
            raise ValueError(str(error).removeprefix("webhook: ")) from None
    return value


Duration = Annotated[float, BeforeValidator(units.duration), WithJsonSchema(_DURATION)]
_UNIQUE = {
    "anyOf": [
        {"type": "boolean"},
        {"type": "string", "enum": list(get_args(Mode))},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "mode": {"type": "string", "enum": list(get_args(Mode)), "default": "pending"},
                "by": {"type": "array", "items": {"type": "string"}, "description": "fields of the payload"},
                "key": {"type": "string", "minLength": 1, "maxLength": 500},
                "on_conflict": {"type": "string", "enum": list(get_args(Conflict)), "default": "return"},
                "period": _DURATION,
                "max_wait": _DURATION,
            },
        },
    ]
}


def _policy(value: object) -> object:
    """The policy; whoever says false means it, so that it stays."""
    if not isinstance(value, bool | str | Mapping):
        raise ValueError(f"expected true, false, a mode or a mapping, got {units.shown(value)}")  # noqa: TRY004
    try:
        return False if value is False else as_unique(value)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("unique: ")) from None


Policy = Annotated[Any, BeforeValidator(_policy), WithJsonSchema(_UNIQUE)]  # Unique, or False
Moment = Annotated[float, BeforeValidator(_moment), Field(strict=True, ge=0, lt=1e11), WithJsonSchema(_TIME)]
Webhook = Annotated[Any, BeforeValidator(_webhook), WithJsonSchema(_WEBHOOK)]


class Submission(BaseModel):
    """One job to submit."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    type: str = Field(min_length=1, max_length=200, description="the task's name", json_schema_extra={"pattern": NAME})
    data: Any = Field(default=None, description="the payload: any JSON")
    queue: str | None = Field(default=None, pattern=NAME, description="left out: the queue of its type")
    delay: Duration | None = Field(default=None, description="run it so much later")
    run_at: Moment | None = Field(default=None, description="run it at this time; not together with delay")
    retries: int | None = Field(default=None, ge=0, le=1000, description="left out: what the task says")
    timeout: Duration | None = Field(default=None, description="left out: what the task says")
    start_before: Duration | None = Field(default=None, description="cancelled when it has not started by then")
    priority: Literal["high", "normal", "low"] | None = Field(default=None, description="within its queue")
    tenant: str | None = Field(default=None, pattern=LABEL, description="for whom; the tenants of a queue take turns")
    limit_key: str | None = Field(default=None, pattern=LABEL, description="its type's limits count for each key apart")
    cost: int | None = Field(default=None, ge=1, le=1000, description="permits of its type's rate that it takes")
    webhook: Webhook = Field(default=None, description="the URL that hears of its end; or also of which ends, and how")
    version: int | None = Field(default=None, ge=1, le=1_000_000, description="of the payload's form; left out: 1")
    unique: Policy | None = Field(default=None, description="one at a time of jobs that count as the same")
    durable: StrictBool = Field(default=False, description="answer only when it is safe on disk, or say why it is not")
    fresh: StrictBool = Field(default=False, description="run it though a result of its kind is cached")
    accept_unknown: StrictBool = Field(default=False, description="queue it though no worker knows the type")

    @model_validator(mode="after")
    def _one_time(self) -> "Submission":
        if self.delay is not None and self.run_at is not None:
            raise ValueError("give delay or run_at, not both")
        if self.timeout == 0:
            raise ValueError("timeout must be more than zero")
        if self.type.startswith(OURS):
            raise ValueError(f"types that begin with {OURS} are made by the herd itself")
        return self

    @property
    def is_scheduled(self) -> bool:
        """Whether it waits for a time before it waits for a worker."""
        return bool(self.delay) or self.run_at is not None

    def job(self) -> NewJob:
        """What the engine is asked to enqueue."""
        return NewJob(
            type=self.type,
            data=self.data,
            queue=self.queue,
            delay=self.delay or None,
            run_at=self.run_at,
            retries=self.retries,
            timeout=self.timeout,
            keep=KEEP,
            start_before=self.start_before,
            priority=self.priority,
            tenant=self.tenant,
            limit_key=self.limit_key,
            cost=self.cost,
            webhook=self.webhook,
            unique=self.unique,
            fresh=self.fresh,
            version=self.version,
        )


def submission(body: Mapping[str, Any]) -> Submission:
    """The checked body; pure.

    Raises:
        ApiError: 422 with everything that is wrong at once.
    """
    try:
        return Submission.model_validate(body)
    except ValidationError as error:
        raise ApiError(422, "; ".join(_said(one) for one in error.errors(include_url=False))) from None


def _said(one: Any) -> str:
    place = ".".join(str(part) for part in one["loc"][:1])
    match one["type"]:
        case "extra_forbidden":
            return f"unknown field {quoted(place)}{hint(place, Submission.model_fields)}"
        case "missing":
            return f"{place}: is required"
    message = str(one["msg"]).removeprefix("Value error, ")[:LONGEST_FINDING]
    return f"{place}: {message}" if place else message
