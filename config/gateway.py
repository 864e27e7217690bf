"""`gateway:` in the config file: where it listens, and who may do what there."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from config import fields as f
from config.probes import GatewayHealth
from config.section import Section
from config.sensitive import token_hash
from config.texts import matching, text
from config.units import shown

_ID = r"[A-Za-z0-9][A-Za-z0-9-]{0,31}"
_AUTHORITY = r"(\[[0-9A-Fa-f:.]+\]|[^\s/\[\]@:]{1,255})(:[0-9]{1,5})?"
_LABEL = r"[^\x00-\x1f\x7f-\x9f]{1,128}"


def moment(value: object) -> float:
    """Epoch seconds of a date (its first moment, UTC) or of a time with a zone."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)  # a default of ours, or a file that was read before
    written = text(value)
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = None
    if found is None or (found.tzinfo is None and len(written) != len("2027-01-31")):
        raise ValueError(f"expected a date like 2027-01-31, or 2027-01-31T18:00:00Z, got {shown(written)}")
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


Moment = Annotated[
    float, BeforeValidator(moment), WithJsonSchema({"type": "string", "examples": ["2027-01-31", "2027-01-31T18:00Z"]})
]
TokenId = Annotated[
    str,
    BeforeValidator(matching(_ID, "a token's id: at most 32 letters, digits and -")),
    WithJsonSchema({"type": "string", "pattern": f"^{_ID}$"}),
]
TokenHash = Annotated[str, BeforeValidator(token_hash), WithJsonSchema({"type": "string"})]
Tenant = Annotated[str, BeforeValidator(matching(_LABEL, "a tenant's name: at most 128 characters"))]
Authority = Annotated[
    str,
    BeforeValidator(matching(_AUTHORITY, "a host like herd.example.com, or one with a port")),
    Field(max_length=300),
]
Scope = Literal["read", "submit", "admin"]


class Token(Section):
    """One bearer token, by its hash. Several may have one id: the old and the new one while they are changed over."""

    id: TokenId = Field(description="Whose it is; the audit log names it")
    hash: TokenHash = Field(repr=False, description="sha256:…, as python -m gateway token prints it")
    scopes: Annotated[tuple[Scope, ...], f.AsList] = Field(min_length=1, description="admin has submit, that has read")
    queues: tuple[f.QueueName, ...] | None = Field(None, min_length=1, description="Only these; left out: all")
    tenants: tuple[Tenant, ...] | None = Field(None, min_length=1, description="Only jobs of these; left out: all")
    rate_limit: f.RateLimit | None = Field(None, description="Requests, like 100/s; default: that of the gateway")
    expires: Moment | None = Field(None, description="From then on it is refused; a date means its beginning, UTC")

    @model_validator(mode="before")
    @classmethod
    def _no_bare_token(cls, data: Any) -> Any:
        return f.only_mapping(data)


class GatewaySession(Section):
    """A login to the dashboard."""

    lifetime: f.Duration = Field(12 * 3600.0, ge=60.0, le=90 * 86400.0, description="After it, one logs in again")


class Gateway(Section):
    """The HTTP API and the dashboard."""

    enabled: bool = Field(default=True, description="false leaves it to somebody else")
    host: f.Host = Field("127.0.0.1", description="Address to listen on; one that others can reach needs tokens")
    port: f.Port = Field(5000, description="Port to listen on; 0: any free one")
    tokens: Annotated[tuple[Token, ...], f.AsSecretList] = Field(
        (), max_length=1000, description="Who may do what; none: all who can reach it may do everything"
    )
    allowed_hosts: Annotated[tuple[Authority, ...], f.AsList] = Field(
        (), description="Names it is asked by, besides those of this machine"
    )
    rate_limit: f.RateLimit | None = Field(None, description="Requests of each token, like 100/s; left out: no limit")
    session: GatewaySession = Field(GatewaySession(), description="Logins to the dashboard")
    access_log: bool = Field(default=False, description="A line in its log for each request")
    health: GatewayHealth = Field(GatewayHealth(), description="A gateway that hangs is started anew")

    @model_validator(mode="after")
    def _each_token_once(self) -> Self:
        known: dict[str, int] = {}
        for index, token in enumerate(self.tokens):
            if (first := known.setdefault(token.hash, index)) != index:
                raise ValueError(
                    f"tokens[{index}] has the hash of tokens[{first}]: one token is given one set of rights"
                )
        return self
