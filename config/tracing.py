"""`tracing:` in the config file: spans for an OpenTelemetry collector, and whether the packages for it are there."""

import re
from importlib.util import find_spec
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from config import fields as f
from config.problems import ConfigError, Mark, Problem
from config.section import Section
from config.texts import text

PLACE = ("tracing", "enabled")
NEEDED = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter")
INSTALL = "pip install 'herdsman[otel]', or pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", re.ASCII)
_VALUE = re.compile(r"[ -~]{1,8000}", re.ASCII)


def request_headers(value: object) -> object:
    """Headers of requests to the collector. Their values are never repeated in an error: they may be secrets."""
    given = f.only_mapping(value)
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ValueError("expected a mapping (name: value lines)")  # noqa: TRY004  pydantic collects ValueErrors only
    for name, said in given.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError("a header's name is letters, digits and - (as in authorization)")
        if not _VALUE.fullmatch(text(said)):
            raise ValueError(f"the value of {name} must be printable ASCII in one line")
    return given


Headers = Annotated[
    dict[str, str],
    BeforeValidator(request_headers),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]


class Tracing(Section):
    """One trace from the HTTP request through all that becomes of it, as OpenTelemetry spans."""

    enabled: bool = Field(default=False, description="Needs the extra otel; false: nothing is loaded, nothing is paid")
    endpoint: f.WebUrl = Field(
        "http://127.0.0.1:4318", description="An OTLP/HTTP collector; /v1/traces is added where it is missing"
    )
    service_name: f.Text = Field("herdsman", min_length=1, description="What the traces' readers call this herd")
    sample: f.Number = Field(
        1.0, ge=0.0, le=1.0, description="The part of new traces that is kept; a caller's own decision is respected"
    )
    headers: Headers = Field(default={}, repr=False, description="Sent with each export; values best as ${VARIABLE}")

    def missing(self) -> str:
        """What is not installed though tracing is on, and what to do about it; "" when nothing is."""
        absent = [name for name in NEEDED if not _is_there(name)] if self.enabled else []
        if not absent:
            return ""
        return f"tracing needs the OpenTelemetry packages, and there is no {absent[0]}: {INSTALL}"

    def refuse_missing(self, mark: Mark) -> None:
        """The same as an error; mark: where `tracing.enabled` stands in the file.

        Raises:
            ConfigError: something is not installed.
        """
        if absent := self.missing():
            raise ConfigError([Problem(mark, PLACE, absent)])

    def settings(self) -> Any:
        """As an `engine.tracing.spans.Settings`."""
        return self.model_dump(exclude={"enabled"})


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its package is not there either
        return False
