"""What the OpenAPI document says of access: how to show a token, and which scope each route takes."""

from typing import Any

from gateway.access.matching import Matcher
from gateway.access.rules import Scope

_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "hm_…, made by python -m gateway token"},
    "session": {"type": "apiKey", "in": "cookie", "name": "herdsman_session", "description": "set by POST /login"},
}
_ERROR = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}}}
_FOREIGN = {"403": {"description": "A page of another site asked", **_ERROR}}
_LOGIN = {"303": {"description": "A browser without a session is sent to the login", **_ERROR}}
_REFUSALS = {
    "401": {"description": "No token, or one that does not count", **_ERROR},
    "403": {"description": "The token's scope or queues do not allow it, or a page of another site asked", **_ERROR},
    "421": {"description": "Asked by a host's name that is not its own", **_ERROR},
    "429": {"description": "Too many requests; Retry-After", **_ERROR},
}


def described(schema: dict[str, Any], matcher: Matcher) -> dict[str, Any]:
    """The document with schemes, scopes and refusals put in; twice is as once."""
    components = schema.setdefault("components", {})
    components.setdefault("securitySchemes", {}).update(_SCHEMES)
    for path, operations in schema.get("paths", {}).items():
        for method, operation in operations.items():
            found = matcher.find(method.upper(), path)
            if found is None or not isinstance(operation, dict):
                continue
            scope = found.rule.scope
            operation["x-scope"] = str(scope)
            operation["security"] = [] if scope is Scope.OPEN else [{"token": []}, {"session": []}]
            is_act = method.upper() != "GET"
            more = (_FOREIGN if is_act else {}) if scope is Scope.OPEN else _REFUSALS | ({} if is_act else _LOGIN)
            operation["responses"] = {**more, **operation.get("responses", {})}
    return schema
