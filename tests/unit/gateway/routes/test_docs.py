import re
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("path", "kind"), [("/docs", "text/html"), ("/docs/page.css", "text/css"), ("/docs/page.js", "text/javascript")]
)
def test_the_page_and_its_parts_allow_nothing_foreign(http: Any, path: str, kind: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert re.findall(r"https?://|\bstyle=|\son\w+=|innerHTML|<script>|<style>", answer.text) == []


def test_every_part_that_the_page_names_is_there(http: Any) -> None:
    named = re.findall(r'(?:src|href)="(/[^"]*)"', http.get("/docs").text)
    assert "/docs/page.js" in named
    assert {http.get(path).status_code for path in named} == {200}


@pytest.mark.parametrize("name", ["page.html", "nothing.js", "..%2fserver.py", "%2e%2e"])
def test_the_page_has_no_other_parts(http: Any, name: str) -> None:
    answer = http.get(f"/docs/{name}")
    assert (answer.status_code, list(answer.json())) == (404, ["error"])
