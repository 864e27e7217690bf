import re
from typing import TYPE_CHECKING, Any, cast

import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from gateway.access.matching import Matcher
from gateway.access.rules import RIGHTS, RULES, Limited, Scope
from gateway.server import create_app
from gateway.services import Services
from tests.support.architecture import ROOT

if TYPE_CHECKING:
    from engine import AsyncClient

MATCHER = Matcher()


def asked(route: BaseRoute) -> list[tuple[str, str]]:
    """Method and example path of all that a route answers."""
    path = re.sub(r"\{\w+:path\}", "a/b", getattr(route, "path", "?"))
    path = re.sub(r"\{\w+\}", "a", path)
    match route:
        case WebSocketRoute():
            return [("WS", path)]
        case Route():
            return [(method, path) for method in route.methods or ()]
        case Mount():
            return [("GET", f"{path}/a")]
    return [("?", path)]


def leaves(routes: list[BaseRoute]) -> list[BaseRoute]:
    """The routes, with those of included routers."""
    found: list[BaseRoute] = []
    for route in routes:
        inner = getattr(getattr(route, "original_router", None), "routes", None)
        found += leaves(inner) if inner else [route]
    return found


def test_every_route_of_the_app_has_a_rule(client: Any) -> None:
    app = create_app(Services.around(cast("AsyncClient", client)))
    wanted = [one for route in leaves(app.routes) for one in asked(route)]
    assert len(wanted) > 30
    assert [one for one in wanted if MATCHER.find(*one) is None] == []


def test_a_route_without_a_rule_is_closed_to_everybody(at_door: Any, door: Any, bearing: Any) -> None:
    @at_door._app.get("/secret")
    async def secret() -> str:
        return "told"

    assert at_door.get("/secret").status_code == 404  # open
    token = door.add("ops", scopes=["admin"])
    assert at_door.get("/secret").status_code == 401
    assert at_door.request("GET", "/secret", headers=bearing(token)).status_code == 404


def test_no_route_stands_twice() -> None:
    routes = [(rule.method, rule.path) for rule in RULES]
    assert len(set(routes)) == len(routes)


def test_reading_takes_the_scope_read_and_what_admins_do_is_audited() -> None:
    for rule in RULES:
        if rule.method == "GET" and rule.path != "/audit":
            assert rule.scope in (Scope.OPEN, Scope.READ), rule
        assert rule.audited == (rule.scope is Scope.ADMIN and rule.method != "GET"), rule


def test_rules_fit_their_paths() -> None:
    for rule in RULES:
        if rule.limited is Limited.PATH:
            assert "{queue}" in rule.path
        if rule.limited is Limited.JOB:
            assert "{id}" in rule.path


@pytest.mark.parametrize(
    ("method", "path", "rule"),
    [
        ("GET", "/dlq/groups", "/dlq/groups"),
        ("GET", "/dlq/1-2-3", "/dlq/{id}"),
        ("DELETE", "/dlq/groups", "/dlq/{id}"),
        ("POST", "/dlq/retry", "/dlq/retry"),
        ("POST", "/tasks/batch", "/tasks/batch"),
        ("GET", "/tasks/batch", "/tasks/{id}"),
        ("HEAD", "/tasks", "/tasks"),
        ("GET", "/ui/jobs/1-2-3", "/ui/{path:path}"),
        ("GET", "/ui/assets/app.js", "/ui/assets/{name:path}"),
        ("WS", "/ws", "/ws"),
    ],
)
def test_a_whole_path_goes_before_one_with_parameters(method: str, path: str, rule: str) -> None:
    found = MATCHER.find(method, path)
    assert found is not None
    assert found.rule.path == rule


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/tasks/"),
        ("GET", "//tasks"),
        ("GET", "/tasks\n"),
        ("GET", "/Tasks"),
        ("PUT", "/tasks"),
        ("GET", "/ws"),
        ("WS", "/tasks"),
        ("POST", "/queues//pause"),
        ("POST", "/queues/a/pause\n"),
        ("POST", "/queues/a/b/pause"),
        ("GET", "/health/../audit"),
    ],
)
def test_what_only_looks_like_a_route_has_no_rule(method: str, path: str) -> None:
    assert MATCHER.find(method, path) is None


def test_the_page_shows_the_table() -> None:
    page = (ROOT / "docs" / "access.md").read_text()
    rows = re.findall(r"^\| `([A-Z]+) (\S+)` \| (\w+) \| (\w+) \| (yes)? ?\|$", page, re.MULTILINE)
    said = [(rule.method, rule.path, rule.scope, rule.limited.name.lower(), "yes" * rule.audited) for rule in RULES]
    assert rows == said


def test_the_page_says_what_each_limit_means() -> None:
    page = (ROOT / "docs" / "access.md").read_text()
    assert [kind for kind in Limited if f"| `{kind.name.lower()}` |" not in page] == []
    assert [right for right in RIGHTS if f"`{right}`" not in page] == []
