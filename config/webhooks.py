"""`webhooks:` in the config file."""

from typing import Annotated

from pydantic import Field

from config import fields as f
from config.section import Section


class WebhookBackoff(Section):
    """The delay before a webhook is sent again: min(max, base * factor ** failures), spread as its queue says."""

    base: f.Duration = Field(5.0, description="The first delay")
    factor: f.Number = Field(3.0, ge=1.0, le=100.0, description="Each delay is so many times the last")
    max: f.Duration = Field(21600.0, description="No delay is longer")


class Webhooks(Section):
    """What is sent when jobs end or dead letters are too many."""

    secrets: Annotated[tuple[f.WebhookSecret, ...], f.AsList] = Field(
        (), repr=False, max_length=10, description="whsec_…; each signs, so that one can be replaced by another"
    )
    allow_private: bool = Field(default=False, description="Send to private, local and reserved addresses too")
    allow_http: bool = Field(default=False, description="Send without TLS too")
    timeout: f.Duration = Field(10.0, ge=0.1, le=300.0, description="For one attempt, all of it")
    retries: f.Whole = Field(10, ge=0, le=1000, description="Further attempts; then it is a dead letter")
    backoff: WebhookBackoff = Field(WebhookBackoff(), description="The delay before a retry")
    queue: f.QueueName | None = Field(None, description="Where they wait; default: the queue of what they report on")
    alerts: f.WebUrl | None = Field(None, repr=False, description="Hears of too many, or new kinds of, dead letters")
