"""A real browser before a real herd: one of each for the folder, for both take seconds to start."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support import lively, processes
from tests.support.herd import Herd
from tests.support.tab import DESK, PHONE, Tab

ABSENT = "there is no chromium on the PATH: the dashboard's tests need one (Debian: apt-get install chromium)"


@pytest.fixture(autouse=True)
def no_process_outlives_its_test() -> None:
    """Herd and browser outlive its tests; the end of the session looks for what they left."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    path = shutil.which("chromium")
    assert path, ABSENT
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="package")
def herd() -> Iterator[Herd]:
    """A herd of two workers in one pool and one in another, with the tasks of tests.support."""
    tasks = ["tests.support.tasks", lively.TASKS]
    pools = [
        {"name": "default", "tasks": tasks, "queues": ["default", "billing", "mail"], "instances": 2},
        {"name": "media", "tasks": tasks, "queues": ["media"], "instances": 1},
    ]
    made = Herd(
        with_gateway=True,
        pools=[{**pool, "accept_short_drain": True} for pool in pools],
        schedules=[{"name": "nightly", "task": "report", "cron": "0 3 * * *", "timezone": "Europe/Berlin"}],
    )
    try:
        made.start()
        made.ready()
        yield made
    finally:
        made.close()


@pytest.fixture
def tab(browser: Browser, herd: Herd) -> Iterator[Tab]:
    """A tab of a desk; what its console complained about fails the test."""
    yield from _tab(browser, herd, viewport=DESK)


@pytest.fixture
def phone(browser: Browser, herd: Herd) -> Iterator[Tab]:
    """A tab of a phone."""
    yield from _tab(browser, herd, viewport=PHONE, is_mobile=True, has_touch=True)


def _tab(browser: Browser, herd: Herd, **wanted: Any) -> Iterator[Tab]:
    processes.eventually(lambda: herd.get(herd.gateway_port, "/health"), 15, herd.tail)
    context = browser.new_context(reduced_motion="reduce", **wanted)
    opened = Tab(context, herd)
    yield opened
    context.close()
    assert opened.complaints == []
