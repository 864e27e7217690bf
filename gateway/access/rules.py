"""The one table of the gateway: each route, the scope it takes, and what a token limited to queues or tenants may do.

Pure data; `matching` finds the rule of a request, docs/access.md shows the table. A route without a rule is closed.
"""

from enum import StrEnum
from typing import NamedTuple


class Scope(StrEnum):
    """What a token may do. Each has those before it."""

    OPEN = "open"
    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"


RIGHTS = (Scope.READ, Scope.SUBMIT, Scope.ADMIN)
"""The scopes that a token can be given, from the least to the most."""


class Limited(StrEnum):
    """What a token that is limited to queues or tenants may do at a route. It says its queue in every request."""

    ALL = "as everybody"
    PATH = "the queue in the path must be its own, else 404; none that is limited to tenants"
    QUERY = "must say `?queue=`, one of its own; none that is limited to tenants"
    JOB = "the job must be of its queues and tenants, else 404"
    NEW = "the body must name a `queue`, and a `tenant`, of its own"
    JOBS = "each job in the body must name a `queue`, and a `tenant`, of its own"
    BODY = "the body must name a `queue` of its own; none that is limited to tenants"
    SHOWN = "is shown its own queues; none that is limited to tenants"
    NONE = "closed: it is about more than its queues"


class Rule(NamedTuple):
    """One route. `audited`: the audit log keeps who did it; of other acts only those that were refused."""

    method: str
    path: str
    scope: Scope
    limited: Limited
    audited: bool = False


def _acts(*routes: tuple[str, Limited]) -> list[Rule]:
    found = []
    for route, limited in routes:
        method, path = route.split(" ")
        found.append(Rule(method, path, Scope.ADMIN, limited, audited=True))
    return found


def _reads(*routes: tuple[str, Limited]) -> list[Rule]:
    return [Rule("GET", path, Scope.READ, limited) for path, limited in routes]


RULES: tuple[Rule, ...] = (
    Rule("GET", "/health", Scope.OPEN, Limited.ALL),
    Rule("GET", "/ready", Scope.OPEN, Limited.ALL),
    Rule("GET", "/login", Scope.OPEN, Limited.ALL),
    Rule("POST", "/login", Scope.OPEN, Limited.ALL),
    Rule("POST", "/logout", Scope.OPEN, Limited.ALL),
    Rule("GET", "/session", Scope.OPEN, Limited.ALL),
    Rule("GET", "/ui/assets/{name:path}", Scope.OPEN, Limited.ALL),
    *_reads(
        ("/", Limited.ALL),
        ("/ui", Limited.ALL),
        ("/ui/{path:path}", Limited.ALL),
        ("/openapi.json", Limited.ALL),
        ("/docs", Limited.ALL),
        ("/docs/{name}", Limited.ALL),
        ("/tasks", Limited.QUERY),
        ("/tasks/{id}", Limited.JOB),
        ("/tasks/{id}/why", Limited.JOB),
        ("/tasks/{id}/logs", Limited.JOB),
        ("/tasks/{id}/events", Limited.JOB),
        ("/queues", Limited.SHOWN),
        ("/dlq", Limited.QUERY),
        ("/dlq/groups", Limited.QUERY),
        ("/dlq/{id}", Limited.JOB),
        ("/series", Limited.QUERY),
        ("/series/names", Limited.NONE),
        ("/workers", Limited.NONE),
        ("/pools", Limited.NONE),
        ("/deaths", Limited.NONE),
        ("/flows", Limited.NONE),
        ("/flows/{id}", Limited.NONE),
        ("/schedules", Limited.NONE),
        ("/schedules/{name}/next", Limited.NONE),
        ("/metrics", Limited.NONE),
    ),
    Rule("WS", "/ws", Scope.READ, Limited.SHOWN),
    Rule("POST", "/work", Scope.SUBMIT, Limited.NONE),
    Rule("POST", "/tasks", Scope.SUBMIT, Limited.NEW),
    Rule("POST", "/tasks/batch", Scope.SUBMIT, Limited.JOBS),
    Rule("POST", "/tasks/{id}/again", Scope.SUBMIT, Limited.JOB),
    Rule("DELETE", "/tasks/{id}", Scope.SUBMIT, Limited.JOB),
    Rule("DELETE", "/flows/{id}", Scope.SUBMIT, Limited.NONE),
    *_acts(
        ("POST /tasks/act", Limited.BODY),
        ("POST /queues/{queue}/pause", Limited.PATH),
        ("POST /queues/{queue}/resume", Limited.PATH),
        ("POST /queues/{queue}/purge", Limited.PATH),
        ("POST /types/{type}/pause", Limited.NONE),
        ("POST /types/{type}/resume", Limited.NONE),
        ("POST /dlq/retry", Limited.BODY),
        ("DELETE /dlq", Limited.QUERY),
        ("POST /dlq/{id}/retry", Limited.JOB),
        ("DELETE /dlq/{id}", Limited.JOB),
        ("POST /schedules/{name}/run", Limited.NONE),
        ("POST /schedules/{name}/pause", Limited.NONE),
        ("POST /schedules/{name}/resume", Limited.NONE),
        ("POST /pools/{pool}/scale", Limited.NONE),
        ("POST /pools/{pool}/reload", Limited.NONE),
        ("POST /pools/{pool}/restart", Limited.NONE),
        ("POST /workers/{name}/kill", Limited.NONE),
    ),
    Rule("GET", "/audit", Scope.ADMIN, Limited.NONE),
)
