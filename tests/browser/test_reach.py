"""The dashboard for everybody: on a phone, by a screen reader, in the light and in the dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support import lively
from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.tab import DESK, Tab

pytestmark = pytest.mark.process

CHECKS = Path(__file__).with_name("checks.js").read_text()
CONTRAST = 4.5


@pytest.fixture(scope="package")
def screens(herd: Herd) -> list[str]:
    """Every screen of a herd in which there is something to see."""
    client = herd.client
    job = client.enqueue("charge-card", {"customer": "c-1", "cents": 100})
    client.enqueue("report", {"days": 1}, delay="1h")
    flow = client.flows.submit(lively.failing_flow())
    eventually(lambda: job.state == "dead" and flow.state() == "failed", 15)
    one = ["queues/billing", f"jobs/{job.id}", f"workflows/{flow.id}"]
    lists = ["", "jobs?q=all", "dead", "queues", "workers", "schedules", "workflows", "activity"]
    return [f"/ui/{name}".rstrip("/") for name in (*lists, *one)]


def _found(page: Page, what: str) -> list[str]:
    found: list[str] = page.evaluate(f"{CHECKS}\n{what}")
    return found


def test_a_phone_never_scrolls_sideways(phone: Any, screens: list[str]) -> None:
    wide = []
    for path in screens:
        page = phone.open(path)
        wide += [f"{path}: {one}" for one in _found(page, "tooWide()")]
    assert wide == []


@pytest.fixture(scope="package")
def offences(browser: Browser, herd: Herd, screens: list[str]) -> dict[str, list[str]]:
    """What a walk through all screens found: controls without a name, text that is pale in the light, in the dark."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")
    tab, found = Tab(context, herd), dict[str, list[str]](nameless=[], light=[], dark=[])
    for path in screens:
        page = tab.open(path)
        found["nameless"] += [f"{path}: {one}" for one in _found(page, "nameless()")]
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found[theme] += [f"{path}: {one}" for one in _found(page, f"pale({CONTRAST})")]
    context.close()
    return found


def test_every_control_has_a_name(offences: dict[str, list[str]]) -> None:
    assert offences["nameless"] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_can_be_read(offences: dict[str, list[str]], theme: str) -> None:
    assert offences[theme] == []


def test_the_checks_see_what_is_wrong(tab: Any) -> None:
    page = tab.open("/ui/queues")
    page.evaluate("document.querySelector('h1').style.setProperty('color', 'oklch(0.8 0 0)')")
    page.evaluate("document.querySelector('#main').append(document.createElement('button'))")
    assert [one[:2] for one in _found(page, f"pale({CONTRAST})")] == ["h1"]
    assert [one[:6] for one in _found(page, "nameless()")] == ["button"]


def test_a_chart_carries_a_table(tab: Any) -> None:
    page = tab.open("/ui")
    page.get_by_role("button", name="Throughput as a table").click()
    page.locator(".chartdata th", has_text="done").wait_for()


def test_one_place_speaks_and_the_focus_is_seen(tab: Any) -> None:
    page = tab.open("/ui/queues")
    assert page.locator("[aria-live], [role=status]").count() == 1
    assert page.locator("[aria-live]").get_attribute("aria-live") == "polite"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
