"""The documentation in a real browser."""

import shutil
from typing import Any

import httpx
import pytest

from tests.support.servers import wanted_servers

pytestmark = [pytest.mark.store, pytest.mark.process]


@pytest.mark.parametrize("store_server", wanted_servers()[:1], indirect=True, ids=str)  # no matter which
def test_the_page_shows_every_route_with_a_line_to_try_it(gateway: Any, http: httpx.Client) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    routes = [
        (path, method.upper())
        for path, methods in http.get("/openapi.json").json()["paths"].items()
        for method in methods
    ]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium") or shutil.which("google-chrome"))
        try:
            page = browser.new_page()
            trouble: list[str] = []
            page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: trouble.append(str(error)))
            foreign: list[str] = []
            page.on("request", lambda one: None if one.url.startswith(str(http.base_url)) else foreign.append(one.url))
            page.goto(str(http.base_url.join("/docs")))
            page.wait_for_selector("details")
            assert page.locator("details").count() == len(routes)
            page.locator("summary", has_text="/tasks/batch").click()
            shown = page.locator("details[open]").inner_text()
            page.fill("#filter", "delete dlq")
            left = page.locator("details:visible summary code").all_inner_texts()
        finally:
            browser.close()
    assert "curl -XPOST" in shown
    assert '-d \'{"tasks":[{"type":"uppercase"' in shown
    assert "at most 10000 items" in shown
    assert sorted(left) == ["/dlq", "/dlq/{task_id}"]
    assert (trouble, foreign) == ([], [])
