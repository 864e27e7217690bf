"""What the dashboard shows when something is forbidden, or away, or old."""

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

pytestmark = pytest.mark.process

SESSION = {
    "id": "rob",
    "rights": ["read"],
    "queues": None,
    "tenants": None,
    "via": "cookie",
    "open": False,
    "csrf": "x",
}


def _as(page: Page, **session: Any) -> None:
    def answer(route: Route) -> None:
        route.fulfill(json={**SESSION, **session})

    page.route("**/session", answer)


def test_who_may_only_look_is_offered_no_act(tab: Any) -> None:
    _as(tab.page)
    page = tab.open("/ui/workers")
    more = page.get_by_role("button", name="One worker more").first
    expect(more).to_be_disabled()
    assert "You lack the right" in (more.get_attribute("title") or "")
    expect(page.locator('#rail [data-screen="activity"]')).to_be_hidden()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_who_is_limited_to_queues_is_not_offered_the_rest(tab: Any) -> None:
    _as(tab.page, queues=["mail"])
    page = tab.open("/ui")
    expect(page.locator('#rail [data-screen="jobs"]')).to_be_visible()
    expect(page.locator('#rail [data-screen="workers"]')).to_be_hidden()


def test_acts_of_a_session_bear_its_token(tab: Any) -> None:
    _as(tab.page, rights=["read", "submit", "admin"])
    page = tab.open("/ui/schedules")
    with page.expect_request("**/schedules/nightly/run") as asked:
        page.get_by_role("button", name="Run now").click()
    assert asked.value.headers["x-csrf-token"] == "x"


def test_a_lost_store_is_told_and_a_new_version_too(tab: Any) -> None:
    def feed(socket: WebSocketRoute) -> None:
        def heard(message: str | bytes) -> None:
            frame = json.loads(message)
            if frame["t"] == "sub":
                error = {"code": "store_down", "text": "the store does not answer: refused", "retry": True}
                socket.send(json.dumps({"t": "err", "n": 2, "id": frame["id"], **error}))

        socket.on_message(heard)
        hello = {"epoch": "e", "now": time.time(), "rights": ["read"], "interval": 1, "version": "9", "assets": "other"}
        socket.send(json.dumps({"t": "hello", "n": 1, **hello}))

    tab.page.route_web_socket("**/ws", feed)
    tab.page.goto(f"{tab.base}/ui/queues")
    expect(tab.page.locator(".banner", has_text="The store is away")).to_contain_text("does not answer")
    expect(tab.page.locator(".banner", has_text="A new version")).to_be_visible()
    expect(tab.page.locator(".trouble")).to_contain_text("It is tried again by itself")


def test_an_act_that_is_refused_says_why(tab: Any) -> None:
    page = tab.open("/ui/queues")
    page.route("**/tasks", lambda route: route.fulfill(status=429, json={"error": "queue mail is full"}))
    page.get_by_role("button", name="Submit a job").click()
    page.get_by_label("Type").fill("nap")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator("dialog .problem")).to_have_text("queue mail is full")
    tab.complaints.clear()  # the browser itself writes the 429 down
