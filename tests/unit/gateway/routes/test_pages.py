from typing import Any

import pytest

from gateway.page_files import page_files

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_browser_is_given_the_dashboard_and_a_program_the_routes(http: Any) -> None:
    page = http.request("GET", "/", headers=BROWSER)
    assert page.headers["content-type"].startswith("text/html")
    assert http.get("/").json()["routes"]
    assert (page.headers["vary"], http.get("/").headers["vary"]) == ("Accept", "Accept")


@pytest.mark.parametrize("path", ["/ui", "/ui/jobs", "/ui/jobs/1-1700000000000-1", "/ui/queues/a%2Fb", "/ui/nonsense"])
def test_every_screen_is_the_same_page(http: Any, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.content == page_files().index.body


def test_the_page_lets_nothing_foreign_in(http: Any) -> None:
    policy = http.get("/ui").headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert http.get("/ui").headers.get_list("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize(
    ("name", "type"),
    [("main.js", "text/javascript"), ("style/base.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
def test_a_file_has_its_type_and_is_not_sent_twice(http: Any, name: str, type: str) -> None:
    answer = http.get(f"/ui/assets/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(type)
    assert answer.headers["cache-control"] == "no-cache"
    again = http.request("GET", f"/ui/assets/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "..%2Fpage_files.py", "%2e%2e/%2e%2e/pyproject.toml", "index.html", "", "style"],
)
def test_whatever_is_no_file_of_the_dashboard_is_404(http: Any, name: str) -> None:
    answer = http.get(f"/ui/assets/{name}")
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]


def test_pages_are_not_in_the_list_of_routes(http: Any) -> None:
    assert [route for route in http.get("/").json()["routes"] if "/ui" in route] == []
